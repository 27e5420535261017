import { expect, test } from 'vitest'
import { readApi } from './api-docs.ts'

const entries = readApi()
const signatures = (folder: string) =>
  entries.filter((entry) => entry.folder === folder).map(({ signature }) => signature)

test('builders of resources are shown as they are called', () => {
  expect(signatures('resources')).toContain('link(path: string, target: string): Resource')
})

test('roles are shown with their options', () => {
  expect(signatures('roles')).toEqual([
    'backups',
    'balancer',
    'base',
    'ci',
    'dns',
    'logs',
    'metrics',
    'postgres',
    'postgresClient',
    'web',
  ])
  expect(entries.find(({ signature }) => signature === 'web')?.options).toContain('port: z.int()')
})

test('builders of probes are found behind the value that holds them', () => {
  expect(signatures('probes').map((signature) => signature.split('(')[0])).toEqual([
    'askProgram',
    'probe',
    'probe.ci',
    'probe.command',
    'probe.dns',
    'probe.http',
    'probe.logKept',
    'probe.logSent',
    'probe.postgres',
    'probe.statsd',
    'probe.tcp',
    'probe.tls',
    'probe.undeclared',
    'probe.unit',
    'questionsText',
  ])
})

test('everything has a sentence', () => {
  expect(entries.filter(({ text }) => !text.endsWith('.') && !text.endsWith('?'))).toEqual([])
})

/** What is written for the program that asks, what it makes of it, and what is read of that. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Probe } from '../model/probe.ts'
import { askProgram } from './asking.ts'
import { commandProbe } from './command.ts'
import { dnsProbe } from './dns.ts'
import { httpProbe } from './http.ts'
import { askedTogether, parseVerdicts, questionsText } from './questions.ts'
import { statsdProbe } from './statsd.ts'
import { tcpProbe } from './tcp.ts'

const host = { name: 'web1', address: '127.0.0.1' }

function asked(probes: readonly Probe[]) {
  const cwd = mkdtempSync(join(tmpdir(), 'copse-ask-'))
  try {
    writeFileSync(join(cwd, 'questions'), questionsText(probes))
    return parseVerdicts(probes, execFileSync('perl', ['-e', askProgram()], { cwd, encoding: 'utf8' }))
  } finally {
    rmSync(cwd, { recursive: true })
  }
}

test('questions to one DNS server are asked by one script, fifty at most; others each by their own', () => {
  const server = { name: 'dns', address: '10.61.0.21' }
  const names = Array.from({ length: 60 }, (_, index) =>
    dnsProbe(server, { name: `h${index}.office.internal` }),
  )
  const other = dnsProbe({ ...server, address: '10.61.0.22' }, { name: 'h0.office.internal' })
  const web = httpProbe({ name: 'lb', address: '10.61.0.20' }, 'http://www.office.internal/')
  const groups = askedTogether([web, web, ...names, other])
  expect(groups.map((group) => group.length)).toEqual([1, 1, 48, 12, 1])
})

test('each script has the time that its kind asks for', () => {
  const log = { name: 'log', address: '10.61.0.22' }
  const text = questionsText([
    httpProbe(log, 'http://log.office.internal/'),
    statsdProbe(log, { port: 80, from: { host: 'lb' } }),
  ])
  expect(text.match(/^ask.*$/gm)).toEqual(['ask\t10', 'ask\t20'])
})

test('each probe has its own verdict, time and detail, whatever it is asked with and says', () => {
  const probes = [
    commandProbe(host, 'echo well'),
    commandProbe(host, `printf 'a\\tb \\\\n\\n'`, { prints: 'a\tb \\n' }),
    commandProbe(host, 'sleep 0.2; exit 3'),
    commandProbe(host, 'true', { expect: 'closed' }),
    commandProbe(host, 'copse-none', { expect: 'closed' }),
  ]
  const verdicts = asked(probes)
  expect(verdicts.map(({ ok, detail }) => [ok, detail])).toEqual([
    [true, 'well'],
    [true, 'a b \\n'],
    [false, 'exit 3: no output'],
    [false, 'no output'],
    [false, 'not asked: sh: 1: copse-none: not found'],
  ])
  expect(verdicts[2]?.ms).toBeGreaterThan(150)
})

test('verdicts of questions that are asked together are those of their probes', () => {
  const ports = [1, 2].map((port) => tcpProbe(host, port, { expect: 'closed' }))
  const probes = [ports[0], commandProbe(host, 'true'), ports[1]].filter((probe) => probe !== undefined)
  const verdicts = asked(probes)
  expect(verdicts.map(({ probe: { name }, ok, detail }) => [name, ok, detail])).toEqual([
    ['tcp web1:1', true, 'Connection refused'],
    ['tcp web1:2', true, 'Connection refused'],
    ['command true', true, 'no output'],
  ])
})

test('a probe without a line has no answer', () => {
  const probes = [commandProbe(host, 'true'), commandProbe(host, 'false')]
  expect(parseVerdicts(probes, '0\tgreen\t10\twell\n').map(({ ok, detail }) => [ok, detail])).toEqual([
    [true, 'well'],
    [false, 'there was no answer to read'],
  ])
})

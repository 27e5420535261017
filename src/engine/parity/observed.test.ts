import { file, pkg, type ResourceList, unit, user } from 'copse'
import { expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import { Secret } from '../../lib/secret.ts'
import type { Resource } from '../../model/resource.ts'
import { openSecrets } from '../secrets/open.ts'
import type { Fact } from './fact.ts'
import { namesOf } from './neutral.ts'
import { observedFacts } from './observed.ts'
import { keptOf, secretFacts, sharedSecrets } from './secrets.ts'

const names = namesOf(office)
const told: readonly Fact[] = [
  { name: 'package', key: 'nginx', value: '1.26', follows: [] },
  { name: 'unit', key: 'nginx.service', value: 'enabled, inactive', follows: [] },
  { name: 'user', key: 'www', value: '/bin/sh', follows: [] },
]

/** Builders may return several at once. */
const asList = (list: ResourceList): readonly Resource[] =>
  list.flatMap((item) => ('kind' in item ? [item] : asList(item)))

test('what copse owns is told by whether it is as defined, once', () => {
  const resources = asList([pkg('nginx'), unit('nginx'), user('www'), file('/etc/web1', { content: 'x' })])
  const changes = [
    { kind: 'unit', key: 'nginx', action: 'update' as const, why: ['inactive, wanted active'] },
  ]
  const facts = observedFacts({ told, resources, changes, names, secrets: [] })
  expect(facts.map(({ name, key, value }) => `${name} ${key}: ${value}`)).toEqual([
    'resource package nginx: as defined',
    'unit nginx.service: not as defined: inactive, wanted active',
    'user www: as defined',
    'file /etc/web1: as defined',
    'package nginx: 1.26',
  ])
})

test('what each machine makes up for itself is not compared', () => {
  const key: Fact = { name: 'file', key: '/etc/unbound/unbound_server.key', value: 'content 1', follows: [] }
  const seen = { told: [key], resources: [], changes: [], names }
  expect(observedFacts({ ...seen, secrets: ['/etc/unbound/unbound_*.key'] })).toEqual([])
  expect(observedFacts({ ...seen, secrets: [] })).toEqual([key])
})

test('the keys of an account are as defined where their file is', () => {
  const fact = (name: 'user' | 'key', key: string, value: string): Fact => ({ name, key, value, follows: [] })
  const accounts = [
    fact('user', 'deploy', '/bin/sh, /var/lib/deploy, no password'),
    fact('key', 'deploy SHA256:a', 'ci'),
    fact('key', 'root SHA256:b', 'eve'),
  ]
  const resources = asList([file('/var/lib/deploy/.ssh/authorized_keys', { content: 'x' })])
  const facts = observedFacts({ told: accounts, resources, changes: [], names, secrets: [] })
  expect(facts.map(({ name, key }) => `${name} ${key}`)).toEqual([
    'file /var/lib/deploy/.ssh/authorized_keys',
    'user deploy',
    'key root SHA256:b',
  ])
})

test('what copse made and the definition no longer names is told too', () => {
  const changes = [{ kind: 'file', key: '/etc/former', action: 'destroy' as const, why: [] }]
  expect(observedFacts({ told: [], resources: [], changes, names, secrets: [] })).toMatchObject([
    { name: 'file', key: '/etc/former', value: 'not as defined: it is no longer wanted' },
  ])
})

const place = { host: 'web1', resource: 'file /etc/a', place: { file: 'a', line: 1, column: 1 } }
const use = (name: string) => ({ name, generate: undefined, isKey: false, places: [place] })
const kept = (values: Readonly<Record<string, string>>) =>
  keptOf(
    ['key', 'other'].map(use),
    openSecrets(new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)]))),
  )

test('a secret is told by whether it is set, and one that two environments share by both names, never by its value', () => {
  const [a, b] = [kept({ key: 'hunter22' }), kept({ key: 'other-value', other: 'hunter22' })]
  expect(secretFacts(a).map(({ key, value }) => `${key} ${value}`)).toEqual(['key set', 'other missing'])
  expect(sharedSecrets(a, b).map(({ key }) => key)).toEqual(['key is shared as other'])
  expect(sharedSecrets(a, kept({ key: 'x', other: 'y' }))).toEqual([])
  expect(JSON.stringify([secretFacts(a), sharedSecrets(a, b)])).not.toContain('hunter22')
})

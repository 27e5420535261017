import { expect, test } from 'vitest'
import { officeHost } from '../../../test/fixture/office.ts'
import type { Allowance, FactName } from '../../model/allowance.ts'
import { comparePlace, covers, differingIds, hostReasoning, scoreOf, unusedOf } from './compare.ts'
import type { Circumstances } from './explain.ts'
import type { Fact } from './fact.ts'

const host = officeHost('web1')
const place = { file: 'copse.config.ts', line: 9, column: 5 }
const allow = (fact: FactName, key?: string, on?: string): Allowance => ({
  fact,
  key,
  host: on,
  reason: 'so it is',
  place,
})

const fact = (id: string, value: string, more: Partial<Fact> = {}): Fact => {
  const [name, ...key] = id.split(' ')
  return { name: name as FactName, key: key.join(' '), value, follows: [], ...more }
}

/** What comes of facts of two hosts: `kind id: reason`. */
function told(
  a: readonly Fact[],
  b: readonly Fact[],
  around: Partial<Circumstances> = {},
  allowances: readonly Allowance[] = [],
) {
  const usual = {
    oneSided: new Set<string>(),
    isElsewhere: false,
    isOtherRelease: false,
    came: { a: 100, b: 100 },
    ways: [],
    volumes: ['/srv/data'],
    isStrict: false,
  }
  const reasoning = hostReasoning({ ...usual, differing: differingIds(a, b), ...around })
  return comparePlace({ host, a, b }, allowances, reasoning).differences.map(
    ({ kind, name, key, reason }) => `${kind} ${name} ${key}: ${reason}`,
  )
}

const unsaid = 'nothing in the config says so'

test('what is the same is no difference, and counts', () => {
  const facts = [fact('package nginx', '1.26'), fact('unit nginx.service', 'enabled, active')]
  const compared = comparePlace({ host, a: facts, b: facts }, [], hostReasoning({} as Circumstances))
  expect(compared).toEqual({ host: 'web1', facts: { package: 1, unit: 1 }, differences: [] })
})

test.each([
  ['another version', [fact('package nginx', '1.26')], [fact('package nginx', '1.28')], 'package nginx'],
  ['a user that only one has', [], [fact('user eve', '/bin/sh')], 'user eve'],
  [
    'a unit that was stopped',
    [fact('unit cron.service', 'enabled, active', { follows: ['package cron'] })],
    [fact('unit cron.service', 'enabled, inactive', { follows: ['package cron'] })],
    'unit cron.service',
  ],
] as const)('%s is undeclared', (_what, a, b, id) => {
  expect(told(a, b)).toEqual([`undeclared ${id}: ${unsaid}`])
})

test('what comes of a difference is explained by it, and the difference itself is told once', () => {
  const b = [
    fact('package ntpsec', '1.2'),
    fact('unit ntpsec.service', 'enabled, active', { follows: ['package ntpsec'] }),
    fact('listener udp * 123', 'ntpd', { follows: ['unit ntpsec.service'] }),
    fact('package libbsd0', '0.12', { follows: ['dependency'] }),
  ]
  expect(told([], b)).toEqual([
    `undeclared package ntpsec: ${unsaid}`,
    'explained unit ntpsec.service: follows from package ntpsec',
    'explained listener udp * 123: follows from unit ntpsec.service',
    'explained package libbsd0: another package needs it',
  ])
})

test('another version of a package explains neither a stopped unit nor an edited file of it', () => {
  const follows = ['package cron']
  const a = [
    fact('package cron', '3.0'),
    fact('unit cron.service', 'enabled, active', { follows }),
    fact('file /etc/crontab', 'as packaged', { follows }),
  ]
  const b = [
    fact('package cron', '3.1'),
    fact('unit cron.service', 'enabled, inactive', { follows }),
    fact('file /etc/crontab', 'content 1', { follows: [] }),
  ]
  expect(told(a, b).filter((line) => line.startsWith('undeclared'))).toHaveLength(3)
})

test('what the settings want in one environment only is explained', () => {
  const b = [fact('package chrony', '4.6')]
  expect(told([], b, { oneSided: new Set(['package chrony']) })).toEqual([
    'explained package chrony: only one of them wants it, as their settings say',
  ])
})

test('another release of Debian explains what Debian brings, and not what was done by hand', () => {
  const follows = ['package cron']
  const a = [
    fact('system release', 'debian 12'),
    fact('package cron', '3.0'),
    fact('unit cron.service', 'enabled, active', { follows }),
    fact('sysctl kernel.panic', '0'),
  ]
  const b = [
    ...[
      fact('system release', 'debian 13'),
      fact('package cron', '3.1'),
      fact('unit cron.service', 'enabled, inactive', { follows }),
      fact('sysctl kernel.panic', '9'),
    ],
    ...[fact('user eve', '/bin/sh'), fact('mount /tmp', 'tmpfs'), fact('mount /mnt', 'ext4')],
  ]
  const lines = told(a, b, { isOtherRelease: true })
  expect(lines.filter((line) => line.startsWith('undeclared')).map((line) => line.split(':')[0])).toEqual([
    'undeclared system release',
    'undeclared unit cron.service',
    'undeclared user eve',
    'undeclared mount /mnt',
  ])
})

test('where machines come from elsewhere, only what was there before copse came is explained by that', () => {
  const b = [fact('package ifupdown', '0.8', { since: 50 }), fact('package htop', '3', { since: 150 })]
  expect(told([], b, { isElsewhere: true })).toEqual([
    'explained package ifupdown: was there before copse came, and follows from setting machines',
    `undeclared package htop: ${unsaid}`,
  ])
  const clocks = (value: string) => [fact('time kept by', value), fact('time zone', value)]
  expect(told(clocks('a'), clocks('b'), { isElsewhere: true })).toEqual([
    'explained time kept by: follows from setting machines',
    `undeclared time zone: ${unsaid}`,
  ])
  expect(told([fact('mount /srv/data', 'btrfs')], [], { isElsewhere: true })).toEqual([
    'explained mount /srv/data: follows from setting machines',
  ])
  expect(told([], b).every((line) => line.startsWith('undeclared'))).toBe(true)
})

test('the account and the key that copse comes in by are explained, other keys are not', () => {
  const b = [
    fact('key root SHA256:own', 'ops@box'),
    fact('key root SHA256:eve', 'eve'),
    fact('user ops', '/bin/sh'),
  ]
  expect(told([], b, { ways: ['ops', 'SHA256:own'] })).toEqual([
    'explained key root SHA256:own: copse comes in by it',
    `undeclared key root SHA256:eve: ${unsaid}`,
    'explained user ops: copse comes in by it',
  ])
})

test('an allowance gives its reason, by host, group or role, for keys with a star too', () => {
  const a = [fact('unit postfix.service', 'enabled, active')]
  expect(told(a, [], {}, [allow('unit', 'postfix*', 'web')])).toEqual([
    'allowed unit postfix.service: so it is',
  ])
  expect(told(a, [], {}, [allow('unit', 'postfix*', 'dns')])).toEqual([
    `undeclared unit postfix.service: ${unsaid}`,
  ])
  expect(covers(allow('file', '/etc/a.b'), { name: 'file', key: '/etc/axb' }, host)).toBe(false)
  expect(covers(allow('setting', undefined, 'web1'), { name: 'setting', key: 'subnet' }, undefined)).toBe(
    false,
  )
})

test('an allowance that nothing needed is named', () => {
  const needed = allow('unit', 'a.service')
  const idle = allow('unit', 'b.service')
  const compared = comparePlace({ host, a: [fact('unit a.service', 'x')], b: [] }, [needed], () => ({
    kind: 'undeclared',
    reason: '',
  }))
  expect(unusedOf([needed, idle], [{ compared, host }])).toEqual([idle])
})

test('the score is rounded down, so that it is 100 only where nothing is undeclared', () => {
  const many = Array.from({ length: 9999 }, (_, index) => fact(`package p${index}`, '1'))
  const reasoning = hostReasoning({
    differing: new Set<string>(),
    oneSided: new Set<string>(),
    isElsewhere: false,
    isOtherRelease: false,
    came: { a: 0, b: 0 },
    ways: [],
    volumes: ['/srv/data'],
    isStrict: false,
  })
  expect(scoreOf([comparePlace({ a: many, b: many }, [], reasoning)])).toBe(100)
  expect(scoreOf([comparePlace({ a: [...many, fact('user eve', 'x')], b: many }, [], reasoning)])).toBe(99.9)
  expect(scoreOf([])).toBe(100)
})

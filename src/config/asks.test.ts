import { defineEcosystem, defineRole, file, incus, probe, z } from 'copse'
import { expect, test } from 'vitest'
import { officeHost } from '../../test/fixture/office.ts'
import { asksOf } from './asks.ts'
import { desireEach } from './desire-each.ts'

const web1 = officeHost('web1')
const lb = officeHost('lb')
const operators = probe.http(web1, 'http://web1.office.internal/')

test('a host asks what is asked from there, of others too, and what operators ask about it', () => {
  const fromWeb1 = probe.tcp(lb, 80, { from: { host: 'web1' } })
  const fromLb = probe.tcp(web1, 80, { from: { host: 'lb' } })
  const aboutLb = probe.tcp(lb, 443)
  expect(asksOf(web1, [operators, fromWeb1, fromLb, aboutLb])).toEqual([
    { ...operators, from: { host: 'web1' } },
    fromWeb1,
  ])
})

test('that something is closed to operators the host itself cannot see', () => {
  expect(asksOf(web1, [probe.tcp(web1, 81, { expect: 'closed' })])).toEqual([])
})

test('what no host is to ask by itself is left out', () => {
  const kept = probe.logKept(lb, { of: web1, journals: '/srv/journals' })
  expect(asksOf(lb, [kept])).toEqual([])
  const monitored = probe.logKept(lb, { of: { ...web1, isMonitored: true }, journals: '/srv/journals' })
  expect(asksOf(lb, [monitored])).toEqual([monitored])
})

test('what operators and the host itself ask alike is asked once', () => {
  const own = { ...operators, from: { host: 'web1' } }
  expect(asksOf(web1, [operators, own])).toEqual([own])
})

test('what roles finish with knows what the host asks, whoever brought that, and is not common to hosts', () => {
  const note = defineRole({
    name: 'note',
    options: z.strictObject({}),
    resources: () => [],
    finish: ({ asks }) => [file('/etc/asks', { content: asks.map(({ name }) => name).join() })],
    probes: ({ environment: { hosts }, host }) =>
      hosts.map(({ name }) => probe.tcp(host, 80, { from: { host: name } })),
  })
  const ecosystem = defineEcosystem({
    name: 'office',
    environments: {
      dev: { machines: incus({ box: 'local' }), subnet: '10.61.0.0/24', domain: 'office.internal' },
    },
    hosts: { web: { at: [24, 25], roles: [note()] } },
  })
  const { desired, problems } = desireEach(ecosystem, [], {
    file: '/office/copse.config.ts',
    read: () => new Uint8Array(),
  })
  expect(problems).toEqual([])
  for (const { resources, common } of desired[0]?.hosts ?? []) {
    expect(resources.map(({ spec }) => spec)).toMatchObject([{ content: 'tcp web1:80,tcp web2:80' }])
    expect(common).toEqual([])
  }
})

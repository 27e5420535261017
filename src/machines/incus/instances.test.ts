import { expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import type { Environment, Host } from '../../model/environment.ts'
import type { ProviderContext } from '../provider.ts'
import type { Instance } from './api.ts'
import { stateOf, strangers } from './instances.ts'
import { instanceName, labels, ownerOf, ownLabels } from './names.ts'

const web1: Host = {
  name: 'web1',
  group: 'web',
  machine: 'devweb1',
  fqdn: 'devweb1.office.internal',
  address: '10.61.0.24',
  names: [],
  roles: [],
  endpoints: [],
  after: [],
  debian: 13,
  limits: {},
  volumes: [],
  place: { file: 'copse.config.ts', line: 1, column: 1 },
}
const environment: Environment = { ...office, hosts: [web1] }
const context: ProviderContext = {
  environment,
  stateDir: '/state/dev',
  signal: new AbortController().signal,
  progress: () => undefined,
}
const name = instanceName(ownerOf(context), 'devweb1')

function instance(config: Readonly<Record<string, string>> = {}, status = 'Running'): Instance {
  const own = {
    ...ownLabels(context),
    [labels.host]: 'web1',
    [labels.uuid]: 'u-1',
    [labels.debian]: '13',
    [labels.stage]: 'made',
  }
  return {
    name,
    status,
    config: { ...own, ...config },
    devices: { eth0: { 'ipv4.address': '10.61.0.24' } },
  }
}

const cases: readonly [string, readonly Instance[], object][] = [
  ['nothing of its name is absent', [], { state: 'absent' }],
  ['a machine that runs is running', [instance()], { state: 'running', uuid: 'u-1' }],
  [
    'a machine that runs says since when',
    [{ ...instance(), last_used_at: '2026-01-02T03:04:05.678Z' }],
    { state: 'running', started: Date.UTC(2026, 0, 2, 3, 4, 5, 678) },
  ],
  ['a machine that does not run is stopped', [instance({}, 'Stopped')], { state: 'stopped', uuid: 'u-1' }],
  [
    'an engine that has lost the machine knows nothing of it, which is not absent',
    [instance({}, 'Error')],
    { state: 'unknown', detail: "the engine says that it is in state 'Error'" },
  ],
  [
    'a machine whose creation was cut short is made anew',
    [instance({ [labels.stage]: 'making' })],
    { state: 'stopped' },
  ],
  [
    'one that never started may lack files, and is made anew too',
    [instance({ 'volatile.apply_template': 'copy' }, 'Stopped')],
    { state: 'stopped', detail: 'its creation was cut short; it is made anew' },
  ],
  [
    'a machine of another checkout under its name is foreign',
    [instance({ [labels.owner]: 'other' })],
    { state: 'foreign' },
  ],
  [
    'a machine of another release is not taken for the wanted one',
    [instance({ [labels.debian]: '12' })],
    {
      state: 'unknown',
      detail: 'it has Debian 12, wanted 10.61.0.24 and Debian 13: rebuild web1',
    },
  ],
]

test.for(cases)('%s', ([, instances, wanted]) => {
  expect(stateOf(instances, context, web1)).toMatchObject({ host: 'web1', ...wanted })
})

test('a machine with another address than the definition says is not taken for the wanted one', () => {
  const moved = stateOf([instance()], context, { ...web1, address: '10.61.0.30' })
  expect(moved.detail).toBe('it has address 10.61.0.24, wanted 10.61.0.30 and Debian 13: rebuild web1')
})

test('a machine that runs without a volume of the definition, or has it elsewhere, lacks it', () => {
  const volumes = ['data', 'more'].map((one) => ({ name: one, path: `/srv/${one}` }))
  const wanted = { ...web1, volumes }
  const had = instance()
  const devices = { ...had.devices, 'volume-data': { path: '/srv/data' }, 'volume-more': { path: '/old' } }
  expect(stateOf([had], context, wanted).lacks).toEqual(['data', 'more'])
  expect(stateOf([{ ...had, devices }], context, wanted).lacks).toEqual(['more'])
})

test('a machine counts, not one that was being made to take its place, which is told of', () => {
  const next = instance({ [labels.stage]: 'making', [labels.uuid]: 'u-2' }, 'Stopped')
  const both = { state: 'running', uuid: 'u-1', isDoubled: true }
  expect(stateOf([next, instance()], context, web1)).toMatchObject(both)
  expect(stateOf([instance()], context, web1)).not.toHaveProperty('isDoubled')
})

test('a machine that still gives way to others says so, unless somebody has set its share by hand', () => {
  const share = (allowance: string) =>
    stateOf([instance({ 'limits.cpu.allowance': allowance })], context, web1)
  expect(share('25%')).toMatchObject({ state: 'running', isGivingWay: true })
  expect(share('50%')).not.toHaveProperty('isGivingWay')
})

test('what is left of a host that nobody names is one stranger', () => {
  const both = [
    instance({ [labels.host]: 'old' }),
    instance({ [labels.host]: 'old', [labels.stage]: 'making' }),
  ]
  expect(strangers(both, context)).toMatchObject([{ host: 'old', state: 'running' }])
})

test('a machine is found by its label when the prefix has changed', () => {
  expect(stateOf([instance()], context, { ...web1, machine: 'testweb1' }).state).toBe('running')
})

test('machines that the definition no longer names are found, those of others are not', () => {
  const found = strangers(
    [instance(), instance({ [labels.host]: 'old' }, 'Stopped'), instance({ [labels.owner]: 'other' })],
    context,
  )
  expect(found).toEqual([{ host: 'old', uuid: 'u-1', state: 'stopped' }])
})

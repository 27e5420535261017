import { expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import type { Plan, PlannedChange } from '../engine/plan-types.ts'
import { noChangesText } from './no-changes.ts'
import { plainPaint } from './paint.ts'
import { type PlanView, renderCount, renderPlan } from './render-plan.ts'

const file: PlannedChange = {
  kind: 'file',
  key: '/etc/nginx/sites-enabled/www.conf',
  action: 'update',
  why: ['3 lines'],
  diff: { before: 'location / {\n  expires 1h;\n}\n', after: 'location / {\n  expires 1d;\n}\n' },
}
const unit: PlannedChange = {
  kind: 'unit',
  key: 'nginx',
  action: 'update',
  why: ['reload: its configuration changes'],
}
const observed = (host: string, changes: readonly PlannedChange[]): Plan['hosts'][number] => ({
  host,
  state: 'observed',
  changes,
  steps: [],
  guards: [],
  forget: [],
  identity: '',
  run: 0,
})
const planOf = (hosts: Plan['hosts'], machines: Plan['machines'] = []): Plan => ({
  version: 1,
  ecosystem: 'office',
  environment: 'dev',
  machines,
  published: [],
  hosts,
})
const render = (plan: Plan, detail: PlanView['detail'] = 'normal') =>
  `\n${renderPlan(plan, { paint: plainPaint, detail })}`

test('changes stand by host, aligned, with their diffs; hosts that change alike are told once', () => {
  const plan = planOf([observed('dns', []), observed('web1', [file, unit]), observed('web2', [file, unit])])
  expect(render(plan)).toMatchInlineSnapshot(`
    "
      web1
        ~ file /etc/nginx/sites-enabled/www.conf  3 lines
             location / {
            -  expires 1h;
            +  expires 1d;
             }
        ~ unit nginx                              reload: its configuration changes
      web2   the same 2 changes as web1
    "
  `)
  expect(renderCount(plan, 612)).toBe(
    'Plan: 0 to add, 4 to change, 0 to destroy.   1 host unchanged.   0.6 s',
  )
})

test('in full, hosts that change alike are told one by one', () => {
  const plan = planOf([observed('web1', [unit]), observed('web2', [unit])])
  expect(render(plan, 'full')).toMatchInlineSnapshot(`
    "
      web1
        ~ unit nginx  reload: its configuration changes
      web2
        ~ unit nginx  reload: its configuration changes
    "
  `)
})

const create: PlannedChange = { kind: 'package', key: 'nginx', action: 'create', why: [] }
const missing = planOf(
  [{ host: 'web1', state: 'absent', changes: [create, { ...file, action: 'create' }] }],
  [
    { host: 'old', machine: 'devold', action: 'destroy', why: 'the definition no longer names it' },
    { host: 'web1', machine: 'devweb1', action: 'create', why: '10.61.0.24, Debian 13' },
    { host: 'web2', machine: 'devweb2', action: 'start', why: 'it is stopped' },
  ],
)

test('machines come first, and a plan lists all that a missing one gets', () => {
  expect(render(missing)).toMatchInlineSnapshot(`
    "
      machines
        - machine devold   the definition no longer names it
        + machine devweb1  10.61.0.24, Debian 13
        ~ machine devweb2  it is stopped
      web1
        + package nginx
        + file /etc/nginx/sites-enabled/www.conf  3 lines
    "
  `)
  expect(renderCount(missing)).toBe('Plan: 3 to add, 1 to change, 1 to destroy.')
})

test('in short, what a missing machine gets is counted', () => {
  expect(render(missing, 'compact')).toContain('+ machine devweb1  10.61.0.24, Debian 13; gets 2 resources\n')
  expect(render(missing, 'compact')).not.toContain('package nginx')
})

test('the text of a new file is shown in full detail only', () => {
  expect(render(missing, 'full')).toContain('+  expires 1d;')
  expect(render(missing)).not.toContain('expires')
})

test('a replacement is an addition and a destruction, and what is unknown says so', () => {
  const plan = planOf([
    observed('web1', [
      { kind: 'link', key: '/a', action: 'replace', why: ['is a file, wanted a link'] },
      { kind: 'command', key: 'seed', action: 'unknown', why: ['its guard needs what this plan makes'] },
    ]),
  ])
  expect(render(plan)).toMatchInlineSnapshot(`
    "
      web1
      -/+ link /a       is a file, wanted a link
        ? command seed  its guard needs what this plan makes
    "
  `)
  expect(renderCount(plan)).toBe('Plan: 1 to add, 0 to change, 1 to destroy, 1 known only when applied.')
})

test('a host that could not be observed says why, and what to do', () => {
  const plan = planOf([
    {
      host: 'dns',
      state: 'unreachable',
      reason: 'no-answer',
      detail: 'it does not\nanswer',
      hint: 'look at it',
    },
  ])
  expect(render(plan)).toMatchInlineSnapshot(`
    "
      dns   ✗ it does not; answer
          look at it
    "
  `)
  expect(renderCount(plan)).toContain('1 host not observed.')
})

test('control characters of a host are written out', () => {
  const hostile = { ...unit, key: 'a\x1b[2J', why: ['b\x07'] }
  expect(render(planOf([observed('web1', [hostile])]))).toContain('unit a\\x1b[2J  b\\x07')
})

test('nothing to change names what was looked at', () => {
  expect(noChangesText(office, ['lb', 'dns', 'web1', 'web2'])).toBe(
    'No changes. dev matches the definition.\n',
  )
  expect(noChangesText(office, ['web1'])).toBe('No changes. web1 of dev matches the definition.\n')
  expect(noChangesText(office, ['lb', 'web1'])).toBe('No changes. lb, web1 of dev match the definition.\n')
})

test('ports of the box come last, with what they lead to', () => {
  const published = [
    { port: '8080/tcp', action: 'destroy', why: 'the definition no longer publishes it' },
    { port: '80/tcp', action: 'create', why: 'leads to lb.http, for anybody' },
  ] as const
  const plan = { ...planOf([observed('lb', [])]), published }
  expect(render(plan)).toMatchInlineSnapshot(`
    "
      published
        - port 8080/tcp  the definition no longer publishes it
        + port 80/tcp    leads to lb.http, for anybody
    "
  `)
  expect(renderCount(plan)).toBe('Plan: 1 to add, 0 to change, 1 to destroy.   1 host unchanged.')
})

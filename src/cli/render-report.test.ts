import { expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import type { Outcome } from '../engine/events.ts'
import type { Plan } from '../engine/plan-types.ts'
import type { Verdict } from '../model/probe.ts'
import { plainPaint } from './paint.ts'
import { renderReport } from './render-report.ts'

const environment = { ...office, hosts: office.hosts.filter(({ name }) => name !== 'dns') }
const hosts = environment.hosts.map(({ name }) => name)
const verdict = (ok: boolean): Verdict => ({
  probe: {
    kind: 'http',
    name: 'http www.office.internal',
    from: { host: 'web1' },
    to: 'lb',
    expect: 'answers',
    isFast: true,
    spec: {},
  },
  ok,
  ms: 12,
  detail: ok ? '200' : 'refused',
})
const outcome = (host: string, result: Outcome['result'], more: Partial<Outcome> = {}): Outcome => ({
  host,
  result,
  changes: 0,
  ms: 0,
  ...more,
})
const plan: Plan = {
  version: 1,
  ecosystem: 'office',
  environment: 'dev',
  machines: [],
  published: [],
  hosts: [{ host: 'web1', state: 'absent', changes: [] }],
}
const render = (outcomes: readonly Outcome[], verdicts: readonly Verdict[], made = plan) =>
  `\n${renderReport({ plan: made, outcomes, verdicts, ms: 1 }, { environment, hosts, ms: 4600, paint: plainPaint })}`

test('a run that went well has a line per host, counts its probes and says where to look', () => {
  const outcomes = [
    outcome('lb', 'unchanged'),
    outcome('web1', 'changed', { changes: 2, ms: 1900 }),
    outcome('web2', 'changed', { changes: 1, ms: 1800 }),
  ]
  expect(render(outcomes, [verdict(true), verdict(true)]).split('\nDone')[0]).toMatchInlineSnapshot(`
    "
      lb     ✓ unchanged
      web1   ✓ 2 changes   1.9 s
      web2   ✓ 1 change   1.8 s
      verify ✓ 2 of 2 green"
  `)
  expect(render(outcomes, [])).toContain('Done in 4.6 s.\n  http://')
})

test('a run that failed shows why, the last words of the step, and what to do next', () => {
  const outcomes = [
    outcome('lb', 'failed', {
      changes: 3,
      ms: 3000,
      detail: 'step 4 of 9, package haproxy: exit 100',
      hint: 'copse ssh dev lb',
      log: 'E: Unable to locate package\x1b[0m\n',
    }),
    outcome('web1', 'skipped', { detail: 'it comes after lb, which failed' }),
    outcome('web2', 'changed', { changes: 1, ms: 900 }),
  ]
  expect(render(outcomes, [verdict(true), verdict(false)])).toMatchInlineSnapshot(`
    "
      lb     ✗ failed after 3 changes: step 4 of 9, package haproxy: exit 100   3.0 s
          E: Unable to locate package\\x1b[0m
          → copse ssh dev lb
      web1   – skipped: it comes after lb, which failed
      web2   ✓ 1 change   0.9 s
      verify ✗ 1 of 2 green, 1 red
      lb
        ✗ http www.office.internal from web1  refused  12 ms
    Not done after 4.6 s: some hosts failed, the others finished.   next: copse plan dev
    "
  `)
})

test('nothing to do says so, and still says what the probes found', () => {
  const nothing = { ...plan, hosts: [] }
  expect(render([outcome('lb', 'unchanged')], [verdict(true)], nothing)).toContain(
    '\nNo changes. dev matches the definition.\n  verify ✓ 1 of 1 green\nDone in 4.6 s.\n',
  )
})

import { expect, test } from 'vitest'
import type { Event } from '../engine/events.ts'
import type { Probe } from '../model/probe.ts'
import { eventLines } from './event-lines.ts'
import { plainPaint } from './paint.ts'

const probe: Probe = {
  kind: 'tcp',
  name: 'tcp 10.61.0.24:80',
  from: { host: 'lb' },
  to: 'web1',
  expect: 'answers',
  isFast: true,
  spec: {},
}
const cases: readonly (readonly [Event, string])[] = [
  [{ event: 'phase', phase: 'observe', hosts: ['dns', 'lb'] }, 'observing dns lb\n'],
  [{ event: 'progress', subject: 'box', message: 'starting\nLXD' }, 'box      starting; LXD\n'],
  [
    { event: 'step-start', host: 'web1', step: 3, of: 12, what: 'package nginx' },
    'web1     3/12 package nginx\n',
  ],
  [{ event: 'step-end', host: 'web1', step: 3, ok: true, ms: 999 }, ''],
  [{ event: 'step-end', host: 'web1', step: 3, ok: true, ms: 4200 }, 'web1     3 ✓   4.2 s\n'],
  [{ event: 'step-end', host: 'web1', step: 3, ok: false, ms: 10 }, 'web1     3 ✗ failed   10 ms\n'],
  [
    { event: 'host-end', outcome: { host: 'web1', result: 'unchanged', changes: 0, ms: 0 } },
    'web1     ✓ unchanged\n',
  ],
  [
    { event: 'verdict', verdict: { probe, ok: true, ms: 3, detail: 'open' } },
    'verify   ✓ tcp 10.61.0.24:80 from lb   open   3 ms\n',
  ],
]

test.each(cases)('%o is told as one line or none', (event, line) => {
  expect(eventLines(event, plainPaint)).toBe(line)
})

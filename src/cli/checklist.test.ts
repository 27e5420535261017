import { expect, test } from 'vitest'
import type { Event } from '../engine/events.ts'
import { advance, emptyChecklist, renderChecklist } from './checklist.ts'
import { plainPaint } from './paint.ts'

const events: readonly Event[] = [
  { event: 'phase', phase: 'apply', hosts: ['dns', 'web1'] },
  { event: 'progress', subject: 'box', message: 'building the image of Debian 13' },
  { event: 'step-start', host: 'web1', step: 3, of: 12, what: 'package nginx\x1b[2J' },
  { event: 'host-end', outcome: { host: 'dns', result: 'changed', changes: 9, ms: 8100 } },
]
const list = events.reduce((next, event, at) => advance(next, event, at * 1000), emptyChecklist)
const render = (now: number, width = 80) => renderChecklist(list, { now, width, paint: plainPaint })

test('each subject has one line: what it does and for how long, or how it ended', () => {
  expect(`\n${render(14_300)}`).toMatchInlineSnapshot(`
    "
      dns   ✓ 9 changes   8.1 s
      web1  ⠸ 3/12  package nginx\\x1b[2J  12.3 s
      box   ⠸ building the image of Debian 13  13.3 s"
  `)
})

test('lines are cut to the width of the terminal', () => {
  for (const line of render(14_300, 30).split('\n').slice(1)) expect([...line].length).toBeLessThanOrEqual(30)
})

test('short work shows no time, and the frame moves', () => {
  expect(render(2500)).toContain('3/12  package nginx\\x1b[2J\n')
  expect(render(2500)).not.toBe(render(2600))
})

test('a host that goes on after its end shows what it does now', () => {
  const again = advance(list, { event: 'phase', phase: 'check', hosts: ['dns'] }, 9000)
  expect(renderChecklist(again, { now: 9000, width: 80, paint: plainPaint })).toContain('dns   ⠋ checking\n')
})

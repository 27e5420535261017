import { expect, test } from 'vitest'
import type { Verdict } from '../model/probe.ts'
import { tcpProbe } from '../probes/tcp.ts'
import { plainPaint } from './paint.ts'
import { renderRound } from './render-watch.ts'

const at = new Date(2026, 10, 28, 9, 5, 7)
const probes = [80, 81].map((port) => tcpProbe({ name: 'lb', address: '10.61.0.20' }, port))
const round = (...states: readonly boolean[]): readonly Verdict[] =>
  probes.map((probe, index) => ({ probe, ok: states[index] ?? false, ms: 12, detail: 'seen' }))
const rendered = (before: readonly Verdict[] | undefined, now: readonly Verdict[]) =>
  renderRound({ before, round: now, at }, plainPaint)

test('of the first round what is red is told, and how many there are', () => {
  expect(rendered(undefined, round(true, true))).toBe('09:05:07 2 of 2 green\n')
  expect(rendered(undefined, round(true, false))).toBe(
    '09:05:07 ✗ tcp lb:81   seen   12 ms\n09:05:07 1 of 2 green, 1 red\n',
  )
})

test('then only what changes, in either way', () => {
  expect(rendered(round(true, false), round(true, false))).toBe('')
  expect(rendered(round(true, false), round(true, true))).toBe(
    '09:05:07 ✓ tcp lb:81   seen   12 ms\n09:05:07 2 of 2 green\n',
  )
  expect(rendered(round(true, true), round(false, true))).toMatch(/✗ tcp lb:80 .*\n.* 1 of 2 green, 1 red\n$/)
})

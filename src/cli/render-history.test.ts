import { expect, test } from 'vitest'
import type { JournalEntry } from '../engine/journal.ts'
import { plainPaint } from './paint.ts'
import { renderHistory } from './render-history.ts'

const runs: readonly JournalEntry[] = [
  {
    run: 12,
    command: 'copse up dev',
    user: 'ana',
    started: '2026-11-24T01:02:03.456Z',
    ended: '2026-11-24T01:02:08.056Z',
    result: 'done',
    outcomes: [{ host: 'web1', result: 'changed', changes: 2, ms: 1900 }],
  },
  {
    run: 7,
    command: 'copse destroy dev',
    user: 'bo',
    started: '2026-11-23T22:00:00.000Z',
    ended: '2026-11-23T22:02:00.000Z',
    result: 'interrupted',
    outcomes: [],
  },
]

test('a row per run', () => {
  expect(renderHistory(runs, { paint: plainPaint, isVerbose: false })).toMatchInlineSnapshot(`
    "RUN  STARTED               TOOK       BY   RESULT       COMMAND
    12   2026-11-24 01:02:03Z  4.6 s      ana  done         copse up dev
    7    2026-11-23 22:00:00Z  2 min 0 s  bo   interrupted  copse destroy dev
    "
  `)
})

test('verbosely with a line per host below its run', () => {
  const text = renderHistory(runs, { paint: plainPaint, isVerbose: true })
  expect(text).toContain('copse up dev\n  web1   ✓ 2 changes   1.9 s\n7 ')
})

test('no run is said in words', () => {
  expect(renderHistory([], { paint: plainPaint, isVerbose: false })).toBe('No run yet from this machine.\n')
})

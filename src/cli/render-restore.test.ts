/** What `copse restore` prints. */
import { expect, test } from 'vitest'
import { parseDumps } from '../engine/restore.ts'
import { plainPaint as plain } from './paint.ts'
import { renderDumps, renderRestored } from './render-restore.ts'

test('kept dumps are rows with their age and size', () => {
  const dumps = parseDumps(
    'repo.20261124t031000z\t1795489800\t2097152\nrepo.20261123t031000z\t1795403400\t9\n',
  )
  const now = new Date(1_795_500_000_000)
  expect(
    renderDumps(
      dumps.map((dump) => ({ ...dump, host: 'db', name: 'repo' })),
      now,
    ),
  ).toMatchInlineSnapshot(`
    "HOST  DATA  DUMP                   AGE   SIZE
    db    repo  repo.20261124t031000z  2 h   2.0 MiB
    db    repo  repo.20261123t031000z  26 h  0.0 MiB
    "
  `)
  expect(renderDumps([], now)).toBe('No dumps are kept yet.\n')
})

test('a red drill says why, and nothing of it reaches the terminal as it is', () => {
  const red = { host: 'db', name: 'repo', ok: false, detail: 'it is truncated\u001b[2J', ms: 1200 }
  expect(renderRestored(red, plain)).toBe('✗ db repo  it is truncated\\x1b[2J  1.2 s\n')
})

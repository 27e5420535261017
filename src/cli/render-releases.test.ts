import { expect, test } from 'vitest'
import type { Sighting } from '../engine/apps/sightings.ts'
import { plainPaint } from './paint.ts'
import { releasesOf, renderReleases } from './render-releases.ts'

const at = Date.UTC(2026, 10, 29, 14) / 1000
const sighting = (host: string | undefined, number: number, more: Partial<Sighting> = {}): Sighting => ({
  ...{ app: 'www', host, number, artifact: 'a'.repeat(64), config: 'c'.repeat(64), commit: 'abc1234+' },
  ...{ made: at + number, good: 0, present: 0 },
  ...more,
})
const all = [
  sighting('web1', 7, { good: at }),
  sighting('web1', 8, { good: at, present: at }),
  sighting('web2', 8, { present: at }),
  sighting('web2', 9),
  sighting(undefined, 6, { good: at }),
  sighting('web1', 1, { app: 'repo' }),
]

test('each release is one, wherever it is known', () => {
  expect(
    releasesOf(all, 'www').map(({ release, state, hosts, kept }) => [release, state, hosts, kept]),
  ).toEqual([
    [9, 'unproven', [], ['web2']],
    [8, 'present', ['web1', 'web2'], ['web1', 'web2']],
    [7, 'good', [], ['web1']],
    [6, 'good', [], []],
  ])
})

test('the newest comes first, with where it runs', () => {
  const text = renderReleases(releasesOf(all, 'www'), 'www', plainPaint)
  expect(text).toBe(
    `RELEASE  STATE     COMMIT    ARTIFACT      CONFIG    MADE (UTC)        RUNS ON
9        unproven  abc1234+  aaaaaaaaaaaa  cccccccc  2026-11-29 14:00
8        present   abc1234+  aaaaaaaaaaaa  cccccccc  2026-11-29 14:00  web1 web2
7        good      abc1234+  aaaaaaaaaaaa  cccccccc  2026-11-29 14:00
6        good      abc1234+  aaaaaaaaaaaa  cccccccc  2026-11-29 14:00
`,
  )
})

test('an app without a release says so', () => {
  expect(renderReleases([], 'www', plainPaint)).toBe('www has no release yet.\n')
})

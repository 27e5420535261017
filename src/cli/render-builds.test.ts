import { expect, test } from 'vitest'
import type { Build } from '../engine/ci/builds.ts'
import { plainPaint } from './paint.ts'
import { renderBuilds } from './render-builds.ts'

const build: Build = {
  ...{
    id: 7,
    job: 'rebuild',
    number: 12,
    branch: 'main',
    commit: '0123456789abcdef'.repeat(2),
    result: 'failure',
  },
  ...{ started: new Date('2026-03-01T12:00:00Z'), seconds: 42, url: 'http://ci/api/v2/builds/7/steps' },
  tests: {
    ...{ passed: 9, failed: 2, skipped: 1 },
    names: [
      { app: 'www', name: 'greets\u001b[2J', message: 'expected "hello"\nfound "hallo"' },
      { app: 'repo', name: 'lists', message: '' },
    ],
  },
}

test('builds are a table, and below it stand the tests that failed, as text', () => {
  const hello: Build = {
    ...build,
    job: 'hello',
    number: 3,
    branch: '',
    commit: '',
    result: 'success',
    tests: undefined,
  }
  expect(renderBuilds([build, hello], plainPaint)).toMatchInlineSnapshot(`
    "JOB      BUILD  BRANCH  COMMIT        RESULT   STARTED (UTC)     SECONDS  TESTS
    rebuild  12     main    0123456789ab  failure  2026-03-01 12:00  42       9 passed, 2 failed, 1 skipped
    hello    3                            success  2026-03-01 12:00  42

    Failed in rebuild 12:
      www: greets\\x1b[2J
        expected "hello"; found "hallo"
      repo: lists
    "
  `)
})

test('where nothing was built that is said', () => {
  expect(renderBuilds([], plainPaint)).toBe('Nothing has been built yet.\n')
})

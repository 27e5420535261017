import { expect, test } from 'vitest'
import { buildsFrom } from './builds.ts'

const now = new Date('2026-03-01T12:00:00Z')
const began = now.getTime() / 1000 - 60
const where = { url: 'http://ci/', now }
const jobs = {
  builders: [
    { builderid: 1, name: 'hello' },
    { builderid: 2, name: 'rebuild' },
  ],
}

function build(number: number, more: object = {}) {
  return {
    ...{ buildid: 100 + number, builderid: 2, number, complete: true, results: 0 },
    ...{ started_at: began, complete_at: began + 12.4, properties: {} },
    ...more,
  }
}

const tests = { passed: 1, failed: 1, skipped: 0, names: [{ app: 'www', name: 'a', message: 'no' }] }
const summary = {
  job: 'rebuild',
  number: 3,
  branch: 'main',
  commit: 'c'.repeat(40),
  result: 'failure',
  tests,
}

test('a build is told with its change and its tests, as its summary says', () => {
  expect(buildsFrom([jobs, { builds: [build(3, { results: 2 })] }, [summary]], where)).toEqual([
    {
      ...{ id: 103, job: 'rebuild', number: 3, branch: 'main', commit: summary.commit, result: 'failure' },
      ...{ started: new Date(began * 1000), seconds: 12, tests, url: 'http://ci/api/v2/builds/103/steps' },
    },
  ])
})

test('without one it is told with what the change said', () => {
  const properties = { branch: ['topic', 'Build'], commit: ['d', 'step'], revision: ['e', 'Build'] }
  const [found] = buildsFrom([jobs, { builds: [build(4, { properties })] }, undefined], where)
  expect(found).toMatchObject({ branch: 'topic', commit: 'd', tests: undefined })
})

test('one that runs has the time until now, and no tests of another of its number', () => {
  const running = build(3, { complete: false, results: null, complete_at: null })
  const [found] = buildsFrom([jobs, { builds: [running] }, [summary]], where)
  expect(found).toMatchObject({ result: 'running', seconds: 60, tests: undefined, commit: '' })
})

test('builds of a job that is gone are told', () => {
  const properties = { branch: [null, 'Build'] }
  const [found] = buildsFrom([jobs, { builds: [build(5, { builderid: 9, properties })] }, []], where)
  expect(found).toMatchObject({ job: 'a former job', branch: '' })
})

test('what the server does for itself is no build of anybody', () => {
  const inner = { builders: [{ builderid: 2, name: '__Janitor' }] }
  expect(buildsFrom([inner, { builds: [build(1)] }, undefined], where)).toEqual([])
})

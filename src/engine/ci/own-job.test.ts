import { expect, test } from 'vitest'
import { ciHost, withApp } from '../../../test/fixture/office-apps.ts'
import { file } from '../../index.ts'
import type { Desired, DesiredHost } from '../../model/desired.ts'
import { hostOfOwnJob } from './own-job.ts'

const jobs = (...all: readonly (readonly [string, string])[]) =>
  JSON.stringify({ jobs: all.map(([name, run]) => ({ name, steps: [{ name: 'x', run }] })) })

function desired(content: string, isThere = true): Desired {
  const ci: DesiredHost = {
    ...{ host: ciHost, probes: [], balanced: [], restorable: [], common: [], secrets: [] },
    resources: [file('/etc/copse/ci/jobs.json', { content })],
  }
  return { file: import.meta.filename, environment: withApp, hosts: isThere ? [ci] : [] }
}

const own = jobs(['hello', 'true'], ['rebuild', 'ci-do build www "$CI_COMMIT"'])

test('the job that builds apps is of the host with the role ci', () => {
  expect(hostOfOwnJob(desired(own), 'rebuild').host).toBe(ciHost)
})

test('a job that is not there is named with its neighbours', () => {
  expect(() => hostOfOwnJob(desired(own), 'rebuil')).toThrow('dev has no job rebuil')
  expect(() => hostOfOwnJob(desired(jobs(['hello', 'true'])), 'rebuild')).toThrow('dev has no job rebuild')
})

test('a job of the config, also one that is called rebuild, is run by the CI host alone', () => {
  expect(() => hostOfOwnJob(desired(own), 'hello')).toThrow('run by the CI host alone')
  expect(() => hostOfOwnJob(desired(jobs(['rebuild', 'make'])), 'rebuild')).toThrow(
    'run by the CI host alone',
  )
})

test('an environment without a CI host has no job to run', () => {
  expect(() => hostOfOwnJob(desired(own, false), 'rebuild')).toThrow('no host of dev has the role ci')
})

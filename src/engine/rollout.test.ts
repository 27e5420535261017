/** Who waits for whom when servers behind a balancer are changed. */
import { expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import type { Balanced, Desired } from '../model/desired.ts'
import type { Outcome } from './events.ts'
import { makeTurns, parts, rolloutOf, type Turn } from './rollout.ts'
import { openSession } from './session.ts'

const behind = (...servers: string[]): readonly Balanced[] =>
  servers.map((server) => ({ server, drain: 'exit 1', restore: 'exit 1' }))

/** The office, whose balancer is lb. */
const desired: Desired = {
  file: import.meta.filename,
  environment: office,
  differences: [],
  hosts: office.hosts.map((host) => ({
    ...{ host, resources: [], probes: [], secrets: [], common: [] },
    restorable: [],
    balanced: host.name === 'lb' ? behind('web1', 'web2') : [],
  })),
}

test('a server knows its balancers and who can take its place', () => {
  expect(rolloutOf(desired, 'web2')).toEqual({ balancers: ['lb'], servers: ['web1', 'web2'] })
  expect(rolloutOf(desired, 'dns')).toEqual({ balancers: [], servers: [] })
})

test('hosts that serve the same, and a balancer and its servers, are in different parts', () => {
  expect(parts(desired, ['dns', 'web1', 'lb', 'web2'])).toEqual([['dns', 'web1'], ['lb'], ['web2']])
  expect(parts(desired, ['lb', 'dns', 'web1'])).toEqual([['lb', 'dns'], ['web1']])
  expect(parts(desired, [])).toEqual([])
})

const ended = (host: string, result: Outcome['result']): Outcome => ({ host, result, changes: 1, ms: 1 })

/** A turn of a host that nobody has to be told about. */
function turnOf(host: string, work: Turn['work'], recover = async () => {}): Turn {
  const skip = ({ host: lost }: Outcome) => ({ ...ended(host, 'skipped'), detail: `after ${lost}` })
  return { host, rollout: { balancers: [], servers: ['a', 'b', 'c'] }, work, recover, skip }
}

function makeSession() {
  const hosts = desired.hosts.map((host) => ({ ...host, balanced: [] }))
  return openSession({ ...desired, hosts }, { signal: new AbortController().signal, emit: () => undefined })
}

test('one works at a time, in the order in which they came', async () => {
  await using session = makeSession()
  const turn = makeTurns(session)
  const seen: string[] = []
  const work = (host: string) => async () => {
    seen.push(`${host} begins`)
    await new Promise((resolve) => setTimeout(resolve, 20))
    seen.push(`${host} ends`)
    return ended(host, 'changed')
  }
  await Promise.all(['a', 'b'].map((host) => turn(turnOf(host, work(host)))))
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})

test('after one that failed none works', async () => {
  await using session = makeSession()
  const turn = makeTurns(session)
  const recovered: string[] = []
  const recover = (host: string) => async () => void recovered.push(host)
  const outcomes = await Promise.all([
    turn(turnOf('a', async () => ended('a', 'changed'), recover('a'))),
    turn(turnOf('b', async () => ended('b', 'failed'), recover('b'))),
    turn(turnOf('c', () => expect.fail('c is not to work'))),
  ])
  expect(outcomes.map(({ result, detail }) => [result, detail])).toEqual([
    ['changed', undefined],
    ['failed', undefined],
    ['skipped', 'after b'],
  ])
  expect(recovered).toEqual(['b'])
})

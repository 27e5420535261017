/** The office on real containers, from nothing: what the README promises, run as a user would. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { load } from './load.ts'
import { apps, badReleases, deploysInARow, rollbacks } from './office/apps.ts'
import { ciJob } from './office/ci-job.ts'
import { firewall } from './office/firewall.ts'
import { killedDeploys } from './office/killed-deploys.ts'
import { lockouts } from './office/lockouts.ts'
import { logs } from './office/logs.ts'
import { memory } from './office/memory.ts'
import { engineOf, firstUp, officeHosts, officeOnBox } from './office/on-box.ts'
import { rebuilds } from './office/rollouts.ts'
import { volumes } from './office/volumes.ts'
import type { World } from './office/world.ts'

let world: World

beforeAll(async () => {
  world = await officeOnBox()
})

afterAll(() => world?.[Symbol.asyncDispose](), 180_000)

describe('the office', () => {
  firstUp(() => world)

  test('the balancer answers under load', { timeout: 60_000 }, async () => {
    const url = `http://${world.address('lb')}/`
    const result = await load({ url, host: 'cdn.office.internal', perSecond: 100, seconds: 10 })
    console.info(`load: ${result.failed} failed of ${result.sent}`)
    expect(result.sent).toBe(1000)
    expect(result.failed).toBe(0)
    expect(Object.keys(result.servedBy).sort()).toEqual(['devweb1', 'devweb2'])
  })

  describe('apps', () => apps(() => world))
  describe('deploys', () => deploysInARow(() => world, 5))
  describe('bad releases', () => badReleases(() => world, 'short'))
  describe('killed deploys', () => killedDeploys(() => world, 5))
  describe('rollbacks', () => rollbacks(() => world))
  describe('the CI job', () => ciJob(() => world))
  describe('rebuilds', () =>
    rebuilds(
      () => world,
      engineOf(() => world),
    ))
  describe('volumes', () => volumes(() => world))
  describe('firewall', () =>
    firewall(
      () => world,
      engineOf(() => world),
    ))
  describe('lock-outs', () => lockouts(() => world))
  describe('memory', () => memory(() => world, officeHosts))
  describe('logs', () => logs(() => world, { log: 'log', from: ['web1', 'web2'], lines: 2000, seconds: 10 }))

  test('every probe is green when asked again', { timeout: 60_000 }, async () => {
    const verified = await world.copse('verify', 'dev')
    expect(verified.code, verified.stdout + verified.stderr).toBe(0)
  })
})

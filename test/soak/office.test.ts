/** The office on real containers, from nothing: what the README promises, run as a user would. */
import { afterAll, beforeAll, describe } from 'vitest'
import { apps, badReleases, deploysInARow, rebuildUnderAppLoad, rollbacks } from '../system/office/apps.ts'
import { ciRun, ciRunMachines } from '../system/office/ci-run.ts'
import { copies } from '../system/office/copies.ts'
import { figures } from '../system/office/figures.ts'
import { firewall } from '../system/office/firewall.ts'
import { fullJournal } from '../system/office/full-journal.ts'
import { killedRebuilds } from '../system/office/interruptions.ts'
import { deploysKilledAtSteps, killedDeploys } from '../system/office/killed-deploys.ts'
import { everyLockout, lockouts, otherOperators } from '../system/office/lockouts.ts'
import { logs } from '../system/office/logs.ts'
import { memory } from '../system/office/memory.ts'
import { names } from '../system/office/names.ts'
import { engineOf, firstUp, officeHosts, officeOnBox } from '../system/office/on-box.ts'
import { repeated } from '../system/office/repeated.ts'
import { rollouts } from '../system/office/rollouts.ts'
import { traffic } from '../system/office/traffic.ts'
import { trouble } from '../system/office/trouble.ts'
import type { World } from '../system/office/world.ts'

let world: World

beforeAll(async () => {
  world = await officeOnBox()
})

afterAll(() => world?.[Symbol.asyncDispose](), 180_000)

const { engine, instance } = engineOf(() => world)

describe('the office', () => {
  firstUp(() => world)
  describe('again', () => repeated(() => world))
  describe('names', () => names(() => world, officeHosts))
  describe('apps', () => apps(() => world))
  describe('deploys', () => deploysInARow(() => world, 20))
  describe('bad releases', () => badReleases(() => world, 'long'))
  describe('killed deploys', () => {
    killedDeploys(() => world, 20)
    deploysKilledAtSteps(() => world)
  })
  describe('rollbacks', () => rollbacks(() => world))
  describe('rollouts', () => rollouts(() => world))
  describe('machines', () => rebuildUnderAppLoad(() => world))
  describe('the CI job here', () => {
    ciRun(() => world, { engine })
    ciRunMachines(() => world)
  })
  describe('traffic', () =>
    traffic(() => world, {
      pullPlug: async (host) => void (await engine('stop', '--force', await instance(host))),
      // An operator only gives `up` again.
      powerOn: async () => undefined,
    }))
  describe('copies', () => copies(() => world, officeHosts))
  describe('firewall', () => firewall(() => world, { engine, instance }, '-'))
  describe('lock-outs', () => {
    lockouts(() => world, everyLockout)
    otherOperators(() => world)
  })
  describe('memory', () => memory(() => world, officeHosts))
  describe('logs', () =>
    logs(() => world, { log: 'log', from: ['web1', 'web2'], lines: 10_000, seconds: 120 }))
  describe('full journal', () => fullJournal(() => world, { log: 'log', from: 'web1' }))
  describe('trouble', () => trouble(() => world, { engine, instance }))
  describe('interruptions', () =>
    killedRebuilds(
      () => world,
      async () => (await engine('list', '--format', 'csv', '-c', 'n')).match(/^dev.*$/gm) ?? [],
    ))
  describe('figures', () => figures(() => world, { engine, instance }))
})

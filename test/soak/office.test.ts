/** The office on real containers, from nothing: what the README promises, run as a user would. */
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { copies } from '../system/office/copies.ts'
import { figures } from '../system/office/figures.ts'
import { killedRebuilds } from '../system/office/interruptions.ts'
import { names } from '../system/office/names.ts'
import { firstUp, officeOnBox } from '../system/office/on-box.ts'
import { repeated } from '../system/office/repeated.ts'
import { traffic } from '../system/office/traffic.ts'
import { trouble } from '../system/office/trouble.ts'
import type { World } from '../system/office/world.ts'

let world: World

beforeAll(async () => {
  world = await officeOnBox()
})

afterAll(() => world?.[Symbol.asyncDispose](), 180_000)

const engine = async (...words: string[]) => (await execa('lxc', words, { env: world.env })).stdout
const instance = async (host: string) => {
  const all = (await engine('list', '--format', 'csv', '-c', 'n')).split('\n')
  return all.find((name) => name.startsWith(`dev${host}-`)) ?? expect.fail(`no machine of ${host} in ${all}`)
}

describe('the office', () => {
  firstUp(() => world)
  describe('again', () => repeated(() => world))
  describe('names', () => names(() => world))
  describe('traffic', () =>
    traffic(() => world, {
      pullPlug: async (host) => void (await engine('stop', '--force', await instance(host))),
      // An operator only gives `up` again.
      powerOn: async () => undefined,
    }))
  describe('copies', () => copies(() => world))
  describe('trouble', () => trouble(() => world, { engine, instance }))
  describe('interruptions', () =>
    killedRebuilds(
      () => world,
      async () => (await engine('list', '--format', 'csv', '-c', 'n')).match(/^dev.*$/gm) ?? [],
    ))
  describe('figures', () => figures(() => world, { engine, instance }))
})

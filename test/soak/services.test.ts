/** The services of the office: shown over https, watched by its hosts themselves, under load, and broken in turn. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { broken } from '../system/office/broken.ts'
import { https } from '../system/office/https.ts'
import { metrics } from '../system/office/metrics.ts'
import { monitoring } from '../system/office/monitoring.ts'
import { firstUp, officeOnBox } from '../system/office/on-box.ts'
import type { World } from '../system/office/world.ts'

let world: World

const told = '/root/told'

beforeAll(async () => {
  world = await officeOnBox()
  const alert = `alert: { command: 'echo "$COPSE_TEXT" >>${told}' },`
  await world.edit("prefix: 'dev',", `prefix: 'dev',\n      ${alert}`)
})

afterAll(() => world?.[Symbol.asyncDispose](), 180_000)

describe('the services of the office', () => {
  firstUp(() => world)
  test('up again changes nothing', async () => {
    const again = await world.copse('up', 'dev')
    expect(again.stdout + again.stderr).toContain('No changes')
  })
  describe('https', () => https(() => world))
  describe('monitoring', () =>
    monitoring(() => world, {
      log: 'log',
      told,
      services: [
        ['web1', 'nginx'],
        ['lb', 'haproxy'],
        ['dns', 'unbound'],
      ],
    }))
  describe('broken', () => broken(() => world))
  describe('metrics', () => metrics(() => world, { log: 'log', from: 'dns', seconds: 600 }))
})

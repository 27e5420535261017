/** Ten minutes of load for StatsD and Graphite, in the office. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { metrics } from '../system/office/metrics.ts'
import { officeOnBox } from '../system/office/on-box.ts'
import type { World } from '../system/office/world.ts'

let world: World

beforeAll(async () => {
  world = await officeOnBox()
})

afterAll(() => world?.[Symbol.asyncDispose](), 180_000)

describe('figures', () => {
  test('one command makes the office with them and proves it', { timeout: 900_000 }, async () => {
    const up = await world.copse('up', 'dev')
    expect(up.code, up.stdout + up.stderr).toBe(0)
    const again = await world.copse('up', 'dev')
    expect(again.stdout + again.stderr).toContain('No changes')
  })

  metrics(() => world, { log: 'log', from: 'dns', seconds: 600 })
})

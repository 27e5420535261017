/** Services of the office broken in turn, while its hosts ask their probes by themselves. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { monitoring } from '../system/office/monitoring.ts'
import { officeOnBox } from '../system/office/on-box.ts'
import type { World } from '../system/office/world.ts'

let world: World

const told = '/root/told'

beforeAll(async () => {
  world = await officeOnBox()
  const alert = `alert: { command: 'echo "$COPSE_TEXT" >>${told}' },`
  await world.edit("prefix: 'dev',", `prefix: 'dev',\n      ${alert}`)
})

afterAll(() => world?.[Symbol.asyncDispose](), 180_000)

describe('monitoring', () => {
  test('one command makes the office with it and proves it', { timeout: 900_000 }, async () => {
    const up = await world.copse('up', 'dev')
    expect(up.code, up.stdout + up.stderr).toBe(0)
    const again = await world.copse('up', 'dev')
    expect(again.stdout + again.stderr).toContain('No changes')
  })

  monitoring(() => world, {
    log: 'log',
    told,
    services: [
      ['web1', 'nginx'],
      ['lb', 'haproxy'],
      ['dns', 'unbound'],
    ],
  })
})

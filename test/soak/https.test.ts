/** https on the balancer of an office of its own, from nothing. */
import { afterAll, beforeAll, describe } from 'vitest'
import { https } from '../system/office/https.ts'
import { firstUp, officeOnBox } from '../system/office/on-box.ts'
import type { World } from '../system/office/world.ts'

let world: World

beforeAll(async () => {
  world = await officeOnBox()
})

afterAll(() => world?.[Symbol.asyncDispose](), 180_000)

describe('the office over https', () => {
  firstUp(() => world)
  https(() => world)
})

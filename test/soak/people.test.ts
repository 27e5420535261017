/** People and operators on real machines: who gets in, who no longer does, and how the way in changes hands. */
import { afterAll, beforeAll, describe } from 'vitest'
import { access } from './people/access.ts'
import { adoption } from './people/adoption.ts'
import { type Cast, makeCast, well } from './people/cast.ts'

let cast: Cast

beforeAll(async () => {
  cast = await makeCast()
  const up = await well(cast.first.copse('up', 'dev'))
  console.info(`up of two machines: ${up.ms} ms`)
}, 1_200_000)

afterAll(() => cast?.[Symbol.asyncDispose](), 240_000)

describe('people', { timeout: 300_000 }, () => access(() => cast))
describe('operators', { timeout: 300_000 }, () => adoption(() => cast))

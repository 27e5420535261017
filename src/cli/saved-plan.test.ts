import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Plan } from '../engine/plan-types.ts'
import { readSavedPlan, savePlan } from './saved-plan.ts'

const plan: Plan = {
  version: 1,
  ecosystem: 'office',
  environment: 'dev',
  machines: [],
  published: [],
  hosts: [],
}
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'copse-plan-'))
})
afterAll(() => rm(directory, { recursive: true }))

test('a plan comes back as it was saved, and only its owner can read the file', async () => {
  const file = join(directory, 'plan')
  await writeFile(file, 'something older')
  await chmod(file, 0o644)
  await savePlan(file, plan)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readSavedPlan(file)).toEqual(plan)
})

test('a file that holds something else is a usage error', async () => {
  const file = join(directory, 'other')
  await writeFile(file, (await readFile(new URL('../../package.json', import.meta.url))).toString())
  await expect(readSavedPlan(file)).rejects.toMatchObject({
    code: 'usage',
    message: `${file} is not a plan that copse saved`,
  })
  await writeFile(file, '{"version": 1, "ecos')
  await expect(readSavedPlan(file)).rejects.toMatchObject({ code: 'usage' })
})

test('a file that is not there says so', async () => {
  await expect(readSavedPlan(join(directory, 'none'))).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('ENOENT'),
  })
})

test('a plan that cannot be saved says why', async () => {
  await expect(savePlan(join(directory, 'no/such'), plan)).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining('ENOENT'),
  })
})

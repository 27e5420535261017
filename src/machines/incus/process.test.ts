import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { localBox } from './local-box.ts'
import { hasEnded, identify, isAlive } from './process.ts'

test('a process is told from a later one of the same number by its start time', async () => {
  const self = await identify(localBox, process.pid)
  expect(self && (await isAlive(localBox, self))).toBe(true)
  expect(await isAlive(localBox, { pid: process.pid, started: '1' })).toBe(false)
})

test('a process that has ended is gone', async () => {
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  const found = await identify(localBox, child.pid ?? 0)
  if (!found) throw new Error('the child is not there')
  expect(await hasEnded(localBox, found, 0.1)).toBe(false)
  child.kill()
  expect(await hasEnded(localBox, found, 5)).toBe(true)
})

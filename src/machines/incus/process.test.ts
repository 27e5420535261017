import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { hasEnded, identify, isAlive } from './process.ts'

test('a process is told from a later one of the same number by its start time', async () => {
  const self = await identify(process.pid)
  expect(self && (await isAlive(self))).toBe(true)
  expect(await isAlive({ pid: process.pid, started: '1' })).toBe(false)
})

test('a process that has ended is gone', async () => {
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  const found = await identify(child.pid ?? 0)
  if (!found) throw new Error('the child is not there')
  expect(await hasEnded(found, 0.1)).toBe(false)
  child.kill()
  expect(await hasEnded(found, 5)).toBe(true)
})

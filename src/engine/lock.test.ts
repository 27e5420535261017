import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireLock } from './lock.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'))
})
afterEach(() => rm(directory, { recursive: true }))

const file = () => join(directory, 'lock')
const options = (timeoutMs: number, signal = new AbortController().signal) => ({
  holder: 'copse up dev',
  timeoutMs,
  signal,
})

test('a second run is told who holds the lock', async () => {
  await using _held = await acquireLock(file(), options(0))
  await expect(acquireLock(file(), options(50))).rejects.toMatchObject({
    code: 'locked',
    message: expect.stringMatching(
      new RegExp(`another run holds the lock: \\S+ on \\S+, pid ${process.pid}: copse up dev, since 2`),
    ),
  })
})

test('a lock that was given back can be taken, and names nobody meanwhile', async () => {
  const held = await acquireLock(file(), options(0))
  await held[Symbol.asyncDispose]()
  expect(await readFile(file(), 'utf8')).toBe('')
  await using _again = await acquireLock(file(), options(0))
})

test('one who waits gets it as soon as it is free', async () => {
  const held = await acquireLock(file(), options(0))
  const waiting = acquireLock(file(), options(10_000))
  await held[Symbol.asyncDispose]()
  await using _got = await waiting
})

test('an abort ends the waiting and leaves nobody in line', async () => {
  const held = await acquireLock(file(), options(0))
  await expect(acquireLock(file(), options(60_000, AbortSignal.timeout(50)))).rejects.toThrow('timeout')
  await held[Symbol.asyncDispose]()
  await using _free = await acquireLock(file(), options(0))
})

test('a lock in a place that is not there is an error, not a conflict', async () => {
  await expect(acquireLock(join(directory, 'none/lock'), options(0))).rejects.toMatchObject({
    code: 'failed',
  })
})

test('of 100 contenders never two are inside', async () => {
  const counter = join(directory, 'counter')
  await writeFile(counter, '0')
  let inside = 0
  let most = 0
  const contend = async () => {
    await using _held = await acquireLock(file(), options(60_000))
    inside += 1
    most = Math.max(most, inside)
    const count = Number(await readFile(counter, 'utf8'))
    await writeFile(counter, String(count + 1))
    inside -= 1
  }
  await Promise.all(Array.from({ length: 100 }, contend))
  expect({ most, count: await readFile(counter, 'utf8') }).toEqual({ most: 1, count: '100' })
}, 60_000)

test('the kernel frees the lock of a run that was killed', async () => {
  const lock = JSON.stringify(new URL('./lock.ts', import.meta.url).href)
  const code = `const { acquireLock } = await import(${lock})
    await acquireLock(process.argv[1], { holder: 'x', timeoutMs: 0, signal: new AbortController().signal })
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, file()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  await expect(acquireLock(file(), options(0))).rejects.toMatchObject({ code: 'locked' })
  child.kill('SIGKILL')
  const began = performance.now()
  await using _free = await acquireLock(file(), options(5000))
  expect(performance.now() - began).toBeLessThan(2000)
}, 20_000)

import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { boxName } from './box-journal.ts'
import { lockBox } from './box-lock.ts'
import { lxdProduct } from './engine.ts'
import { localBox } from './local-box.ts'

const engine = { box: localBox, product: lxdProduct, directory: `/nonexistent/${process.pid}` }
const { signal } = new AbortController()

test('a second run waits until the first has freed the box, and an interrupt ends the waiting', async () => {
  try {
    const first = await lockBox(engine, signal)
    let isHeld = false
    const second = lockBox(engine, signal).then((lock) => {
      isHeld = true
      return lock
    })
    await expect(lockBox(engine, AbortSignal.timeout(100))).rejects.toMatchObject({ code: 'interrupted' })
    await sleep(100)
    expect(isHeld).toBe(false)
    await first[Symbol.asyncDispose]()
    await (await second)[Symbol.asyncDispose]()
    expect(isHeld).toBe(true)
  } finally {
    // Nobody holds it any more, so its file is gone too.
    expect(existsSync(`/run/copse-${boxName(engine)}.lock`)).toBe(false)
  }
})

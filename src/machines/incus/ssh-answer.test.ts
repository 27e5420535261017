import { expect, test } from 'vitest'
import { connect } from './client.ts'
import { fakeEngine } from './fake-engine.ts'
import { untilSshAnswers } from './ssh-answer.ts'

const { signal } = new AbortController()
// Nobody has an SSH server on this address of the loopback network.
const host = { machine: 'devweb1', address: '127.77.40.1' }

test('a machine whose init died is said to be dead, with the usual reason', async () => {
  const stopped = { name: 'x', status: 'Stopped', config: {}, devices: {} }
  await using fake = await fakeEngine(() => stopped)
  const waiting = untilSshAnswers(connect(fake.engine, signal), { name: 'x', host, signal })
  await expect(waiting).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining('devweb1 did not boot: it is Stopped'),
    hint: expect.stringContaining('sysctl -w fs.inotify.max_user_instances='),
  })
})

test('a machine that runs and does not answer is waited for until the deadline', async () => {
  const running = { name: 'x', status: 'Running', config: {}, devices: {} }
  await using fake = await fakeEngine(() => running)
  const waiting = untilSshAnswers(connect(fake.engine, signal), { name: 'x', host, signal, seconds: 0.3 })
  await expect(waiting).rejects.toThrow('did not answer within 0.3 s')
})

test('each look is given longer than the one before, so that a busy box is not always too late', async () => {
  await using fake = await fakeEngine(() => undefined)
  const given: number[] = []
  const greets = async (_address: string, seconds: number) => given.push(seconds) === 4
  const engine = { ...fake.engine, box: { ...fake.engine.box, greets } }
  await untilSshAnswers(connect(engine, signal), { name: 'x', host, signal })
  expect(given).toEqual([1, 2, 3, 4])
})

test('an interrupt ends the waiting', async () => {
  await using fake = await fakeEngine(() => undefined)
  const aborted = AbortSignal.abort()
  const waiting = untilSshAnswers(connect(fake.engine, signal), { name: 'x', host, signal: aborted })
  await expect(waiting).rejects.toMatchObject({ code: 'interrupted' })
})

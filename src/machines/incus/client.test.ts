import { expect, test } from 'vitest'
import { z } from 'zod'
import { connect } from './client.ts'
import { lxdProduct } from './engine.ts'
import { type Answers, fakeEngine, silence, started } from './fake-engine.ts'
import { localBox } from './local-box.ts'

const { signal } = new AbortController()
const wait = 'GET /1.0/operations/1/wait?timeout=20'
const start = { method: 'PUT', path: '/1.0/instances/web1/state', what: 'start web1' } as const

async function changing(answers: Answers) {
  await using fake = await fakeEngine(answers)
  await connect(fake.engine, signal).change(start)
}

test('what is at a path is read, and nothing there is no error', async () => {
  await using fake = await fakeEngine((call) => (call === 'GET /1.0/things/a' ? { name: 'a' } : undefined))
  const client = connect(fake.engine, signal)
  const Thing = z.object({ name: z.string() })
  expect(await client.read('/1.0/things/a', Thing)).toEqual({ name: 'a' })
  expect(await client.read('/1.0/things/b', Thing)).toBeUndefined()
})

test('a change waits for its operation, as long as that runs', async () => {
  const states = [
    { status: 'Running', status_code: 103 },
    { status: 'Success', status_code: 200 },
  ]
  await using fake = await fakeEngine((call) => (call === wait ? states.shift() : started))
  await connect(fake.engine, signal).change(start)
  expect(fake.asked.map(({ call }) => call)).toEqual(['PUT /1.0/instances/web1/state', wait, wait])
})

test('an operation that fails says what it was and why', async () => {
  const failed = { status: 'Failure', status_code: 400, err: 'no such kernel' }
  await expect(changing((call) => (call === wait ? failed : started))).rejects.toMatchObject({
    code: 'failed',
    message: 'start web1: LXD says: no such kernel',
  })
})

test('a refused change says what it was and why', async () => {
  await expect(changing(() => new Error('in use'))).rejects.toThrow('start web1: LXD says: in use')
})

test('an operation that the engine has forgotten is no success', async () => {
  await expect(changing((call) => (call === wait ? undefined : started))).rejects.toThrow('lost sight')
})

test('an answer that is not an answer is reported with its beginning', async () => {
  await expect(changing(() => '<html>proxy</html>')).rejects.toThrow('something else: <html>proxy</html>')
})

test('removing what is gone already succeeds', async () => {
  await using fake = await fakeEngine(() => undefined)
  await connect(fake.engine, signal).remove('/1.0/instances/web1', 'remove web1')
  expect(fake.asked.map(({ call }) => call)).toEqual(['DELETE /1.0/instances/web1'])
})

test('a file is pushed as bytes, with the content type without which it would be empty', async () => {
  await using fake = await fakeEngine(() => ({}))
  const body = { text: 'ä\n' }
  await connect(fake.engine, signal).change({ method: 'POST', path: '/1.0/files', what: 'push', body })
  expect(fake.asked[0]).toMatchObject({
    body: 'ä\n',
    headers: { 'content-type': 'application/octet-stream', 'content-length': '3' },
  })
})

test('what was asked for by other means is waited for as well', async () => {
  const done = { status: 'Success', status_code: 200 }
  await using fake = await fakeEngine((call) => (call === wait ? done : undefined))
  const answer = JSON.stringify({ type: 'async', ...started, metadata: {} })
  await connect(fake.engine, signal).settle({ answer, what: 'import an image', seconds: 5 })
  expect(fake.asked.map(({ call }) => call)).toEqual([wait])
})

test('an engine that does not answer in time is silent, and nobody listening is down', async () => {
  await using fake = await fakeEngine(() => silence)
  const late = connect(fake.engine, signal).change({ ...start, seconds: 0.05 })
  await expect(late).rejects.toMatchObject({ code: 'failed', reason: 'silent' })
  const nobody = connect({ box: localBox, product: lxdProduct, directory: '/nonexistent' }, signal)
  await expect(nobody.change(start)).rejects.toMatchObject({ code: 'failed', reason: 'down' })
})

test('an interrupt ends the waiting', async () => {
  await using fake = await fakeEngine(() => silence)
  const controller = new AbortController()
  const change = connect(fake.engine, controller.signal).change(start)
  controller.abort()
  await expect(change).rejects.toMatchObject({ code: 'interrupted' })
})

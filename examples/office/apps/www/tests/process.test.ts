/** The web front as a process: how it starts, what it tells, and how it goes. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeAssets } from '../src/assets/write.ts'
import { type Running, runProgram, startService } from './program.ts'

describe('the process', () => {
  const running: Running[] = []
  before(() => {
    writeAssets()
  })
  after(() => {
    for (const { process } of running) process.kill('SIGKILL')
  })

  test('with wrong variables it does not start, and names each', async () => {
    const variables = { PORT: '0', REPO_URL: 'https://user:secret@repo.test', ASSETS_URL: "https://a'b" }
    const { code, stdout, stderr } = await runProgram('src/main.ts', variables)
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /^www cannot start: HOST is not set/)
    assert.match(stderr, /REPO_URL must be the http or https address/)
    assert.match(stderr, /ASSETS_URL must be/)
    assert.doesNotMatch(stderr, /secret/)
  })

  test('on SIGTERM it is unhealthy at once, serves on without keeping connections, and ends in order', async () => {
    const service = await startService({ REPO_URL: 'http://127.0.0.1:1', DRAIN_MS: '600', RELEASE: 'r7' })
    running.push(service)
    const { url, process, ended, log } = service
    const healthy = await fetch(`${url}/healthz`)
    assert.equal(healthy.headers.get('x-release'), 'r7')
    assert.deepEqual(await healthy.json(), { status: 'ok', service: 'www', release: 'r7' })
    const began = performance.now()
    process.kill('SIGTERM')
    while ((await fetch(`${url}/healthz`)).status === 200) await sleep(5)
    process.kill('SIGTERM')
    const page = await fetch(`${url}/modules/new`)
    assert.equal(page.status, 200)
    assert.equal(page.headers.get('connection'), 'close')
    const { code, signal, stderr } = await ended
    assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' })
    const took = performance.now() - began
    assert.ok(took >= 600 && took < 9_000, `it took ${took} ms`)
    const { time, ms, ...line } = log().find(({ path }) => path === '/modules/new') ?? {}
    assert.deepEqual(line, { method: 'GET', path: '/modules/new', status: 200 })
    assert.equal(typeof ms, 'number')
    assert.ok(!Number.isNaN(Date.parse(String(time))))
  })
})

const repo = new URL('../../repo/', import.meta.url)
const own = new URL('../', import.meta.url)

test('what both apps have in common is the same in both', {
  skip: !existsSync(repo) && 'repo is not beside',
}, () => {
  const service = readdirSync(new URL('src/service/', repo)).map((name) => `src/service/${name}`)
  assert.deepEqual(
    service,
    readdirSync(new URL('src/service/', own)).map((name) => `src/service/${name}`),
  )
  for (const path of [...service, 'tests/program.ts', '.npmrc'])
    assert.equal(readFileSync(new URL(path, own), 'utf8'), readFileSync(new URL(path, repo), 'utf8'), path)
})

/** The service as a process: how it starts, what it tells, and how it goes. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { emptyDatabase, type TestDatabase } from './database.ts'
import { type Running, runProgram, startService } from './program.ts'

/** Which process answered over which connection. */
function ask(
  url: string,
  agent: Agent,
): Promise<{ status: number | undefined; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      const { statusCode: status, headers } = response
      response.resume().on('end', () => resolve({ status, connection: headers.connection }))
    }).on('error', reject)
  })
}

describe('the process', () => {
  let postgres: TestDatabase
  const running: Running[] = []
  const start = async (variables: Record<string, string> = {}) => {
    const service = await startService({ ...postgres.variables, ...variables })
    running.push(service)
    return service
  }
  before(async () => {
    postgres = await emptyDatabase()
    await postgres.migrate()
  })
  after(() => {
    for (const { process } of running) process.kill('SIGKILL')
  })

  test('without its variables it does not start, and names each', async () => {
    const { code, stdout, stderr } = await runProgram('src/main.ts', {
      PGPASSWORD: 'secret',
      DRAIN_MS: '60000',
    })
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(
      stderr,
      /^repo cannot start: HOST is not set; it must be the address to listen on\nPORT is not/,
    )
    assert.match(stderr, /DRAIN_MS must be milliseconds from 0 to 7000/)
    assert.doesNotMatch(stderr, /secret|60000/)
  })

  test('on SIGTERM it is unhealthy at once, serves on without keeping connections, and ends in order', async () => {
    const { url, process, ended, log } = await start({ DRAIN_MS: '600', RELEASE: 'r7' })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    // A connection that never asks anything must not hold the process up.
    const silent = connect(Number(new URL(url).port), '127.0.0.1')
    silent.on('error', () => {})
    await once(silent, 'connect')
    assert.deepEqual(await ask(`${url}/healthz`, agent), { status: 200, connection: 'keep-alive' })
    const began = performance.now()
    process.kill('SIGTERM')
    while ((await ask(`${url}/healthz`, agent)).status === 200) await sleep(5)
    process.kill('SIGTERM')
    assert.deepEqual(await ask(`${url}/modules`, agent), { status: 200, connection: 'close' })
    const { code, signal, stderr } = await ended
    assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' })
    const took = performance.now() - began
    assert.ok(took >= 600 && took < 9_000, `it took ${took} ms`)
    assert.deepEqual(
      log().flatMap(({ event }) => event ?? []),
      ['listening', 'draining', 'stopped'],
    )
    agent.destroy()
  })

  test('a request that runs when the drain ends is finished', async () => {
    const { url, process, ended } = await start({ DRAIN_MS: '0' })
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const body = JSON.stringify({ folder: '', name: 'Late', body: 'but whole' })
    socket.write(
      `POST /modules HTTP/1.1\r\nhost: repo\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
    )
    socket.write(body.slice(0, 10))
    await sleep(200)
    process.kill('SIGTERM')
    await sleep(300)
    socket.write(body.slice(10))
    let answer = ''
    for await (const chunk of socket) answer += chunk
    assert.match(answer, /^HTTP\/1\.1 201 Created\r\n/)
    assert.match(answer, /\r\nconnection: close\r\n/i)
    assert.equal((await ended).code, 0)
  })

  test('figures are sent to StatsD, and a server that is not there disturbs nothing', async () => {
    const receiver = createSocket('udp4')
    receiver.bind(0, '127.0.0.1')
    await once(receiver, 'listening')
    const { url } = await start({ STATSD: `127.0.0.1:${receiver.address().port}` })
    const packets: string[] = []
    receiver.on('message', (packet) => void packets.push(String(packet)))
    await fetch(`${url}/modules`)
    while (packets.length === 0) await sleep(20)
    receiver.close()
    assert.match(packets.join('\n'), /^repo\.requests:1\|c\nrepo\.latency:\d+\|ms$/)
    assert.equal((await fetch(`${url}/modules`)).status, 200)
    await sleep(600)
    assert.equal((await fetch(`${url}/modules`)).status, 200)
  })

  test('a port that is taken is said in words', async () => {
    const { url } = await start()
    const { port } = new URL(url)
    const variables = { ...postgres.variables, HOST: '127.0.0.1', PORT: port }
    const { code, stderr } = await runProgram('src/main.ts', variables)
    assert.equal(code, 1)
    assert.match(stderr, /^repo cannot start: listen EADDRINUSE.*\n$/)
  })
})

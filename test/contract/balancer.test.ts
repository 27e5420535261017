/** A real HAProxy under the balancer's own configuration, and the program that takes servers out of it. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { balancerHealth, haproxyCfg } from '../../src/roles/haproxy.ts'
import { tableOf } from '../../src/roles/haproxy-drain.ts'

const names = ['web1', 'web2'] as const
const program = new URL('../../src/roles/balancer.pl', import.meta.url)

let folder: string
let servers: readonly Server[]
let isSlow: boolean
let stop: () => Promise<void>
let url: string

/** Listens; gives the port. */
function open(server: Server, port = 0): Promise<number> {
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve(portOf(server)))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen')
  return address.port
}

async function freePort(): Promise<number> {
  const probe = createTcpServer()
  const port = await new Promise<number>((resolve) => {
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      resolve(address !== null && typeof address === 'object' ? address.port : 0)
    })
  })
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** Answers with its name; to be asked for its health is too much for one that is slow. */
function answering(name: string): RequestListener {
  return ({ url: path }, response) => {
    if (path === '/healthz' && isSlow) setTimeout(() => response.end('late'), 2000)
    else response.end(name)
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'copse-haproxy-'))
  isSlow = false
  servers = names.map((name) => createServer(answering(name)))
  const ports = await Promise.all(servers.map((server) => open(server)))
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  const backend = {
    ...{ name: 'web.http', hosts: [], health: '/healthz' },
    servers: names.map((name, index) => ({
      name,
      host: name,
      address: '127.0.0.1',
      port: ports[index] ?? 0,
    })),
  }
  const socket = join(folder, 'admin.sock')
  const text = haproxyCfg({ port, timeout: 10, backends: [backend] })
    .replace(/^ {2}(?:chroot|user|group) .*\n/gm, '')
    .replace('/run/haproxy/admin.sock', socket)
    .replace('timeout check 2s', 'timeout check 300ms')
  writeFileSync(join(folder, 'haproxy.cfg'), text)
  writeFileSync(join(folder, 'table'), tableOf([backend]))
  const moved = readFileSync(program, 'utf8')
    .replace('/etc/copse/balancer', join(folder, 'table'))
    .replace('/run/haproxy/admin.sock', socket)
    .replace('/run/copse-balancer', join(folder, 'well'))
  writeFileSync(join(folder, 'balancer.pl'), moved)
  for (const name of ['systemd-run', 'systemctl'])
    writeFileSync(join(folder, name), '#!/bin/sh\n', { mode: 0o755 })
  const haproxy = spawn('/usr/sbin/haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: 'ignore' })
  const ended = new Promise((resolve) => haproxy.once('close', resolve))
  stop = async () => {
    haproxy.kill('SIGKILL')
    await ended
  }
  await bothAnswer()
})

afterEach(async () => {
  await stop()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(folder, { recursive: true })
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > deadline) throw new Error('it did not come to that in 20 s')
    await sleep(50)
  }
}

const health = async () => (await fetch(`${url}${balancerHealth}`)).status

/** Who answers ten requests, in the order of their names. */
async function askedOf(): Promise<readonly string[]> {
  const who = new Set<string>()
  for (let count = 0; count < 10; count++) who.add(await (await fetch(url)).text())
  return [...who].sort()
}

/** Checks may take their time on a busy box. */
const bothAnswer = () => expect.poll(askedOf, { timeout: 20_000 }).toEqual(['web1', 'web2'])

const tell = (verb: 'drain' | 'restore', host: string) =>
  execa('perl', [join(folder, 'balancer.pl'), verb, host], {
    env: { PATH: `${folder}:${process.env.PATH}` },
    reject: false,
  })

test('a server that is drained is sent nothing, and comes back', async () => {
  expect(await tell('drain', 'web1')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await askedOf()).toEqual(['web2'])
  expect(await tell('restore', 'web1')).toMatchObject({ exitCode: 0, stderr: '' })
  await bothAnswer()
})

test('servers that are too busy to be found well are asked all the same, one that is drained is not', async () => {
  await tell('drain', 'web1')
  isSlow = true
  await until(async () => (await health()) === 503)
  expect(await askedOf()).toEqual(['web2'])
  isSlow = false
  expect(await tell('restore', 'web1')).toMatchObject({ exitCode: 0, stderr: '' })
  await until(async () => (await health()) === 200)
  await bothAnswer()
})

test('the last one that answers is not drained before the other one is back, however busy they are', async () => {
  await tell('drain', 'web1')
  isSlow = true
  await until(async () => (await health()) === 503)
  const second = tell('drain', 'web2')
  await sleep(500)
  expect(await askedOf()).toEqual(['web2'])
  isSlow = false
  await tell('restore', 'web1')
  expect(await second).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await askedOf()).toEqual(['web1'])
})

test('where nobody listens it says so', async () => {
  for (const server of servers) server.close()
  for (const server of servers) server.closeAllConnections()
  await until(async () => (await health()) === 503)
  expect((await fetch(url)).status).toBe(503)
})

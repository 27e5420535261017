/** The program that takes servers out of HAProxy and brings them back, told by the table that is made for it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Backend, lastResort } from './haproxy-backends.ts'
import { balancedBy, tableOf } from './haproxy-drain.ts'

const source = readFileSync(new URL('./balancer.pl', import.meta.url), 'utf8')
const server = (host: string, name = host) => ({ host, name, address: '10.61.0.24', port: 80 })
const backends: readonly Backend[] = [
  { name: 'web.http', hosts: [], servers: [server('web1'), server('web2')], health: '/healthz' },
  { name: 'www', app: 'www', hosts: [], servers: [server('web1'), server('web1', 'web1.2')], health: '/' },
  { name: 'repo', app: 'repo', hosts: [], servers: [server('web1')], health: '/' },
]

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'copse-balancer-'))
  const moved = {
    '/etc/copse/balancer': 'table',
    '/run/haproxy/admin.sock': 'sock',
    '/run/copse-balancer': 'well',
  }
  const text = Object.entries(moved).reduce(
    (all, [path, name]) => all.replace(path, join(folder, name)),
    source,
  )
  writeFileSync(
    join(folder, 'balancer.pl'),
    text.replace('$patience = 15', '$patience = 2').replace('$turn = 20', '$turn = 1'),
  )
  writeFileSync(join(folder, 'table'), tableOf(backends))
  writeFileSync(join(folder, 'systemd-run'), `#!/bin/sh\necho "$@" >>${folder}/timers\n`, { mode: 0o755 })
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A balancer's admin socket; `down` are servers that do not come back. */
function makeHaproxy(down: readonly string[] = []) {
  const all = backends.flatMap((one) =>
    one.servers.flatMap(({ name }) => [`${one.name}/${name}`, `${one.name}/${lastResort(name)}`]),
  )
  const states = new Map(all.map((name) => [name, 'ready']))
  const statusOf = (name: string) => {
    if (down.includes(name)) return 'DOWN'
    if (states.get(name) === 'drain') return 'DRAIN'
    return name.endsWith('.last') ? 'no check' : 'UP'
  }
  const listener = createServer((socket) => {
    socket.once('data', (data) => {
      for (const [, name = '', state = ''] of String(data).matchAll(/set server (\S+) state (\w+)/g))
        states.set(name, state)
      const rows = all.map((name) => `${name.replace('/', ',')},0,${statusOf(name)}\n`)
      socket.end(String(data) === 'show stat\n' ? `# pxname,svname,scur,status\n${rows.join('')}\n` : '\n')
    })
  }).listen(join(folder, 'sock'))
  const drained = () => all.filter((name) => states.get(name) === 'drain')
  return { drained, [Symbol.asyncDispose]: async () => void listener.close() }
}

async function run(...words: readonly string[]) {
  const child = spawn('perl', [join(folder, 'balancer.pl'), ...words], {
    env: { PATH: `${folder}:${process.env.PATH}` },
  })
  let said = ''
  child.stderr.on('data', (data) => {
    said += String(data)
  })
  const [code] = await once(child, 'close')
  return { code, said }
}

test('a host is taken out of every back-end, and one app alone, and comes back by itself if nobody brings it back', async () => {
  await using haproxy = makeHaproxy()
  expect(await run('drain', 'web1')).toEqual({ code: 0, said: '' })
  const withLast = (...servers: readonly string[]) => servers.flatMap((name) => [name, `${name}.last`])
  expect(haproxy.drained()).toEqual(withLast('web.http/web1', 'www/web1', 'www/web1.2', 'repo/web1'))
  expect(await run('restore', 'web1')).toEqual({ code: 0, said: '' })
  expect(haproxy.drained()).toEqual([])
  expect(await run('drain', 'web1', 'www')).toEqual({ code: 0, said: '' })
  expect(haproxy.drained()).toEqual(withLast('www/web1', 'www/web1.2'))
  expect(readFileSync(join(folder, 'timers'), 'utf8')).toMatch(
    /--unit=copse-restore-web1 --on-active=600 perl \S+ restore web1\n.*--unit=copse-restore-web1:www .* restore web1 www\n/,
  )
})

test('an app that was never deployed keeps nobody waiting, unless it was asked for', async () => {
  await using haproxy = makeHaproxy(['repo/web1'])
  await run('drain', 'web1')
  expect(await run('restore', 'web1')).toEqual({ code: 0, said: '' })
  expect(haproxy.drained()).toEqual([])
})

test('of two that drain different hosts at once, one waits for the other', async () => {
  await using haproxy = makeHaproxy()
  await run('drain', 'web1')
  const second = run('drain', 'web2')
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(haproxy.drained()).not.toContain('web.http/web2')
  await run('restore', 'web1')
  expect(await second).toEqual({ code: 0, said: '' })
  expect(haproxy.drained()).toEqual(['web.http/web2', 'web.http/web2.last'])
})

test('what one that died has left drained is brought back before the last one is taken out', async () => {
  await using haproxy = makeHaproxy()
  await run('drain', 'web2')
  expect(await run('drain', 'web1')).toEqual({ code: 0, said: '' })
  expect(haproxy.drained()).not.toContain('web.http/web2')
  expect(haproxy.drained()).toContain('web.http/web1')
})

test('the last one is taken out where the others are down anyway', async () => {
  await using haproxy = makeHaproxy(['web.http/web2'])
  expect(await run('drain', 'web1')).toEqual({ code: 0, said: '' })
  expect(haproxy.drained()).toContain('web.http/web1')
})

test('one that was well and does not come back is told of', async () => {
  await using _ = makeHaproxy(['web.http/web1'])
  expect(await run('restore', 'web1')).toMatchObject({ said: 'web.http/web1 is DOWN for the balancer\n' })
})

test('a balancer that does not run sends nobody anything', async () => {
  expect(await run('drain', 'web1')).toEqual({ code: 0, said: '' })
  expect(existsSync(join(folder, 'timers'))).toBe(false)
  expect((await run('drain', 'web1; id')).said).toMatch(/^neither a host nor an app/)
})

test('there is an entry for each host, whatever runs on it', () => {
  expect(balancedBy(backends).map(({ server: host, drain }) => [host, drain])).toEqual(
    ['web1', 'web2'].map((host) => [
      host,
      `[ ! -e /usr/local/lib/copse/balancer.pl ] || exec perl /usr/local/lib/copse/balancer.pl drain ${host}\n`,
    ]),
  )
})

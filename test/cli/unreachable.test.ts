import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Copse, endOf, runHere } from './copse.ts'
import { Lonely } from './lonely.ts'

const copse = new Copse()
const lonely = new Lonely(copse.directory)

beforeAll(async () => {
  process.env.XDG_STATE_HOME = copse.state
  await lonely.start()
})

afterAll(() => {
  lonely[Symbol.dispose]()
  copse[Symbol.dispose]()
})

const run = (...args: readonly string[]) => runHere(['-C', lonely.directory, ...args])

test('a plan without any host that answers is shown, and fails', { timeout: 30_000 }, async () => {
  const { code, stdout } = await run('plan', 'closed')
  expect(code).toBe(1)
  expect(stdout).toMatch(/^ {2}web1 {3}✗ .+\n/)
  expect(stdout).toContain('1 host not observed.')
})

test('a run without any host that answers fails, and says it per host', { timeout: 30_000 }, async () => {
  const { code, stdout } = await run('up', 'closed')
  expect(code).toBe(1)
  expect(stdout).toMatch(/^ {2}web1 {3}✗ unreachable: .+$/m)
  expect(stdout).toMatch(/^Not done after .+: it failed\. {3}next: copse plan closed$/m)
  expect((await run('history', 'closed')).stdout).toMatch(/^1 .+ failed .+ up closed$/m)
})

test('a protected environment is refused without a terminal, and --json is no consent', {
  timeout: 30_000,
}, async () => {
  for (const more of [[], ['--json']]) {
    const { code, stderr } = await run('up', 'guarded', ...more)
    expect(code).toBe(5)
    expect(stderr).toContain('copse: guarded is protected; nothing was changed\n  pass --yes')
  }
  expect((await run('up', 'guarded', '--yes')).code).toBe(1)
})

test('a comparison of hosts that do not answer says so, and fails', { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await run('diff', 'closed', 'guarded')
  expect(code, stderr).toBe(1)
  expect(stdout).toMatch(/^ {2}web1 {2}✗ not seen in closed: .+$/m)
  expect(stdout).toMatch(/^ {2}web1 {2}✗ not seen in guarded: .+$/m)
  expect(stdout).toMatch(/^closed and guarded are 100% alike: \d+ facts, 0 undeclared, /m)
})

test('status says what it knows of a host that does not answer', { timeout: 30_000 }, async () => {
  const { code, stdout } = await run('status', 'closed', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    environment: 'closed',
    hosts: [{ host: 'web1', machine: 'web1', address: '10.71.0.24', roles: ['base', 'web'], apps: [] }],
  })
})

test('verify --watch tells what is red once, and ends as the last whole round found it', {
  timeout: 30_000,
}, async () => {
  const { code, stdout } = await run('verify', 'closed', '--watch', '100ms', '--timeout', '8s')
  expect(code).toBe(1)
  expect(stdout.match(/^\d\d:\d\d:\d\d ✗ unit nginx from web1 {3}not asked: /gm)).toHaveLength(1)
  expect(stdout).toMatch(/\n\d\d:\d\d:\d\d \d of 5 green, \d red\n$/)
})

test('verify --watch and --json do not go together', async () => {
  const { code, stderr } = await run('verify', 'closed', '--watch', '--json')
  expect([code, stderr]).toEqual([64, expect.stringContaining('leave out --json and --junit')])
})

test('exec exits with 3 for a host that does not answer', { timeout: 30_000 }, async () => {
  const { code, stderr } = await run('exec', 'closed', '--', 'true')
  expect(code).toBe(3)
  expect(stderr).toMatch(/^web1 {2}unreachable {2}/m)
})

test('the way in is printed as OpenSSH settings with the pinned key', { timeout: 30_000 }, async () => {
  const { code, stdout } = await run('ssh-config', 'closed')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Host web1 web1\.lonely\.internal\n {2}HostName 127\.0\.0\.1\n/)
  expect(stdout).toContain('  StrictHostKeyChecking yes\n')
})

test('an interruption ends a command soon, with 130 and no stack', { timeout: 30_000 }, async () => {
  const child = copse.start(['-C', lonely.directory, 'plan', 'silent'])
  const ended = endOf(child)
  await once(lonely.silent, 'connection')
  const began = performance.now()
  child.kill('SIGINT')
  const { code, stderr } = await ended
  expect(stderr).toContain('stopping after the running step\n')
  expect(stderr).not.toMatch(/^ {4}at /m)
  expect(code).toBe(130)
  expect(performance.now() - began).toBeLessThan(4000)
})

test('--timeout stops a command as an interruption does', { timeout: 30_000 }, async () => {
  const { code, stderr } = await run('plan', 'silent', '--timeout', '500ms')
  expect(stderr).toContain('the --timeout is over: stopping after the running step\n')
  expect(code).toBe(130)
})

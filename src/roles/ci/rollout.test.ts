import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { built, fakeRecords, fakeSsh, old, row, table } from '../../../test/fixture/rollout-fakes.ts'

const program = new URL('host/rollout.pl', import.meta.url).pathname
let root: string

const path = (name: string) => join(root, name)
const read = (name: string) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '')

const proven = { good: 7, present: 8 }

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rollout-'))
  for (const directory of ['bin', 'hosts', 'run', 'etc/copse/ci', 'usr/local/lib/copse/ci'])
    mkdirSync(path(directory), { recursive: true })
  writeFileSync(path('bin/ssh'), fakeSsh)
  chmodSync(path('bin/ssh'), 0o755)
  writeFileSync(path('usr/local/lib/copse/ci/records'), fakeRecords)
  writeFileSync(path('etc/copse/ci/rollout'), table)
  for (const name of ['web1', 'web2'])
    writeFileSync(path(`hosts/${name}`), row(7, { good: 3 }) + row(8, proven))
})

afterEach(() => rmSync(root, { recursive: true }))

const environment = () => ({ ...process.env, PATH: `${path('bin')}:${process.env.PATH}`, COPSE_TEST: root })

function rollout(artifact = built, app = 'www') {
  const { status, stdout, stderr } = spawnSync('perl', [program, app, artifact, '4f2a1b', root], {
    encoding: 'utf8',
    env: environment(),
  })
  return { status, printed: stdout + stderr }
}

/** What hosts were told, but for questions; those that were told at the same time in the order of their names. */
function told(): readonly string[] {
  const calls = read('calls').trim().split('\n')
  return calls
    .filter((line) => !line.includes(' list '))
    .map((line) => line.replace(built, 'NEW').replace(old, 'OLD'))
}

const turn = (host: string, run: string) => [
  `lb drain ${host} www`,
  `${host} run www ${run}`,
  `lb restore ${host} www`,
]
const sorted = (lines: readonly string[]) => [...lines].sort()

test('all hosts fetch it, then one after another is drained, switched and restored, then all are told that it is good', () => {
  const { status, printed } = rollout()
  expect({ status, printed }).toEqual({
    status: 0,
    printed: `www: release 13 from 4f2a1b, after release 8
web1 web2: fetched
web1: drained by lb
web1: runs release 13
web1: restored by lb
web2: drained by lb
web2: runs release 13
web2: restored by lb
release 13 of www runs on web1 web2
`,
  })
  const all = told()
  expect(sorted(all.slice(0, 2))).toEqual(['web1 take www 13 NEW 4f2a1b', 'web2 take www 13 NEW 4f2a1b'])
  expect(all.slice(2, -2)).toEqual([
    ...turn('web1', '13 NEW 4f2a1b migrate'),
    ...turn('web2', '13 NEW 4f2a1b'),
  ])
  expect(sorted(all.slice(-2))).toEqual(['web1 good www 13', 'web2 good www 13'])
  expect(read('records')).toBe(`list www\nadd www 13 ${built} config 4f2a1b\ngood www 13\npresent www 13\n`)
})

test('it goes in by its own key to a host whose key is pinned, and by nothing else', () => {
  rollout()
  for (const line of read('arguments').trim().split('\n')) {
    const words = line.split('\t')
    expect(words.slice(0, 6)).toEqual(['-n', '-T', '-F', '/dev/null', '-i', path('etc/copse/ci/deploy-key')])
    for (const option of [
      'BatchMode=yes',
      'IdentitiesOnly=yes',
      'IdentityAgent=none',
      'StrictHostKeyChecking=yes',
    ])
      expect(words).toContain(option)
    expect(words).toContain(`UserKnownHostsFile=${path('etc/copse/ci/known_hosts')}`)
    expect(words.slice(-3, -1)).toEqual(['--', expect.stringMatching(/^10\.61\.0\.2[045]$/)])
  }
})

test('the present release is not rolled out again', () => {
  const { status, printed } = rollout(old)
  expect({ status, printed }).toEqual({
    status: 0,
    printed: 'nothing to do: release 8 of www is of this artifact, and runs on web1 web2\n',
  })
  expect(told()).toEqual([])
})

test('a host that was left behind gets the present release', () => {
  writeFileSync(path('hosts/web2'), row(7, proven))
  expect(rollout(old).status).toBe(0)
  expect(told().slice(0, 4)).toEqual(['web2 take www 8 OLD c0ffee', ...turn('web2', '8 OLD c0ffee')])
})

test('where one host cannot fetch it nothing is switched', () => {
  writeFileSync(path('failing'), 'web2 take\n')
  const { status, printed } = rollout()
  expect(status).toBe(1)
  expect(printed).toContain(
    'www was not touched: web2 could not fetch it: \n  first line\n  web2 take went wrong\n',
  )
  expect(told().filter((line) => !line.includes(' take '))).toEqual([])
  expect(read('records')).toBe('list www\n')
})

test('where it does not start on the second host, the first one goes back', () => {
  writeFileSync(path('failing'), `web2 run www 13\n`)
  const { status, printed } = rollout()
  expect(status).toBe(1)
  expect(printed).toContain('web2: \n  first line\n  web2 run www 13 went wrong\n')
  expect(printed.trimEnd().split('\n').slice(-5)).toEqual([
    'web1: goes back to release 8',
    'web1: drained by lb',
    'web1: runs release 8',
    'web1: restored by lb',
    'release 13 of www was not rolled out: web2 failed',
  ])
  expect(told().slice(2)).toEqual([
    ...turn('web1', '13 NEW 4f2a1b migrate'),
    ...turn('web2', '13 NEW 4f2a1b'),
    ...turn('web1', '8 OLD c0ffee'),
  ])
  expect(read('records')).toBe('list www\n')
})

test('a host that a balancer does not use again goes back too', () => {
  writeFileSync(path('failing'), `lb restore web1\n`)
  const { status, printed } = rollout()
  expect(status).toBe(1)
  expect(printed).toContain('web1: lb does not use it again:')
  expect(printed).toContain('web1: did not go back:')
  expect(told().filter((line) => line.includes(' run '))).toEqual([
    'web1 run www 13 NEW 4f2a1b migrate',
    'web1 run www 8 OLD c0ffee',
  ])
})

test('a host that cannot be drained is not changed', () => {
  writeFileSync(path('failing'), `lb drain web1\n`)
  expect(rollout().printed).toContain('web1: it was not changed, because lb did not drain it:')
  expect(told().slice(2)).toEqual(['lb drain web1 www', 'lb restore web1 www'])
})

test('a host whose key nobody pinned is told nothing, and neither is any other', () => {
  const refusal =
    'No ED25519 host key is known for devweb2.office.internal and you have requested strict checking.'
  const client = fakeSsh.replace(
    'put("calls"',
    `if ($alias eq "web2") { print STDERR "${refusal}\\nHost key verification failed.\\n"; exit 255 }\nput("calls"`,
  )
  writeFileSync(path('bin/ssh'), client)
  const { status, printed } = rollout()
  expect(status).toBe(1)
  expect(printed).toContain(`www was not touched: web2 does not answer: \n  ${refusal}\n`)
  expect(told()).toEqual([])
})

test('a rollout that could not end does not begin', () => {
  writeFileSync(path('failing'), 'web2 list\n')
  const { status, printed } = rollout()
  expect(status).toBe(1)
  expect(printed).toContain('www was not touched: web2 does not answer:')
  expect(told()).toEqual([])
})

test.each([
  ['no release runs', '', 'no release of it that was proven runs'],
  ['none was ever proven', row(8, { present: 8 }), 'no release of it that was proven runs'],
  [
    'a host has another config',
    row(9, { ...proven, present: 9, config: 'other' }),
    'web1 runs release 8, which has another config than 9: copse up',
  ],
])('where %s, it is left to copse', (_what, second, message) => {
  writeFileSync(path('hosts/web1'), second === '' ? '' : row(8, { present: 8 }))
  writeFileSync(path('hosts/web2'), second)
  const { status, printed } = rollout()
  expect(status).toBe(1)
  expect(printed).toContain(`www was not touched: ${message}`)
  expect(told()).toEqual([])
})

test('a new host waits for copse, which alone knows its config', () => {
  writeFileSync(path('hosts/web2'), '')
  expect(rollout().printed).toBe('www was not touched: web2 runs no release of it yet: copse up\n')
})

test('a single host is not drained, because none could take its place', () => {
  writeFileSync(path('hosts/web1'), row(8, proven))
  writeFileSync(
    path('etc/copse/ci/rollout'),
    `host web1 10.61.0.24 devweb1.office.internal
host lb 10.61.0.20 devlb.office.internal
app www web1
balancers www lb
`,
  )
  expect(rollout().status).toBe(0)
  expect(told()).toEqual([
    'web1 take www 13 NEW 4f2a1b',
    'web1 run www 13 NEW 4f2a1b migrate',
    'lb restore web1 www',
    'web1 good www 13',
  ])
})

test('one host that missed the proof hinders nobody, but one must have heard it', () => {
  writeFileSync(path('failing'), 'web1 good\n')
  const { status, printed } = rollout()
  expect(status).toBe(0)
  expect(printed).toContain('web1: does not remember that release 13 is good:')
  appendFileSync(path('failing'), 'web2 good\n')
  expect(rollout('d'.repeat(64)).status).toBe(1)
})

test('without the records no number is free for sure', () => {
  writeFileSync(path('no-records'), '')
  expect(rollout().printed).toBe('www was not touched: the records of releases cannot be read\n')
})

test.each([
  ['mail', built, 'mail is no app that runs anywhere\n'],
  ['www;id', built, 'rollout APP ARTIFACT COMMIT\n'],
  ['www', 'b', 'rollout APP ARTIFACT COMMIT\n'],
])('%s %s is no rollout', (app, artifact, message) => {
  const { status, printed } = rollout(artifact, app)
  expect(status).toBe(64)
  expect(printed).toContain(message)
})

test('a second rollout waits for the first', async () => {
  const hold = 'open my $l, ">>", $ARGV[0]; flock $l, 2; $| = 1; print "held\\n"; <STDIN>'
  const holder = spawn('perl', ['-e', hold, path('run/copse-rollout.lock')])
  await once(holder.stdout, 'data')
  const waiting = spawn('perl', [program, 'www', old, '4f2a1b', root], { env: environment() })
  const [line] = await once(waiting.stdout, 'data')
  expect(String(line)).toBe('waits for another rollout to end\n')
  expect(read('calls')).toBe('')
  holder.stdin.end()
  const [code] = await once(waiting, 'exit')
  expect(code).toBe(0)
})

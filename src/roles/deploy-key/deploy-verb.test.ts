import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const program = new URL('deploy-verb.pl', import.meta.url).pathname
const artifact = 'a'.repeat(64)
let root: string

const path = (name: string) => join(root, name)
const read = (name: string) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '')

/** Says what it is called with, where, and with which standard input, and ends with the code in the file `code`. */
const fake = `open my $out, ">>", "$ENV{COPSE_TEST}/calls";
my $input = join "", <STDIN>;
my $there = -e "env" ? " env" : "";
print $out "$0 @ARGV$there$input\\n";
if ($ARGV[0] eq "list" && open my $list, "<", "$ENV{COPSE_TEST}/releases") { print <$list>; exit }
print "stdout of $ARGV[0]\\n";
 print STDERR "stderr of $ARGV[0]\\n" if $ENV{SSH_ORIGINAL_COMMAND} =~ /^$ARGV[0] /;
open my $code, "<", "$ENV{COPSE_TEST}/code"; exit(<$code> // 0);
`

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'deploy-verb-'))
  for (const directory of ['usr/local/lib/copse', 'usr/bin', 'etc/copse', 'run', 'var/lib/copse-deploy'])
    mkdirSync(path(directory), { recursive: true })
  for (const name of ['release.pl', 'balancer.pl']) writeFileSync(path(`usr/local/lib/copse/${name}`), fake)
  writeFileSync(path('usr/bin/logger'), `#!/bin/sh\nshift 5\necho "$*" >>${path('journal')}\n`)
  chmodSync(path('usr/bin/logger'), 0o755)
  writeFileSync(path('etc/copse/deploy-verbs'), 'runs www\nbalances web1 www\n')
})

afterEach(() => rmSync(root, { recursive: true }))

function environmentOf(said: string | undefined) {
  return { ...process.env, COPSE_TEST: root, ...(said !== undefined && { SSH_ORIGINAL_COMMAND: said }) }
}

function ask(said: string | undefined) {
  return spawnSync('perl', [program, root], {
    ...{ encoding: 'utf8', input: 'what the client sends', cwd: '/' },
    env: environmentOf(said),
  })
}

const settings = () => path('etc/copse/apps/www')

test.each([
  ['list www', () => `release.pl list ${settings()}`],
  [`take www 9 ${artifact} 4f2a1b+`, () => `release.pl take ${settings()} 9 ${artifact} 4f2a1b+`],
  [`run www 9 ${artifact} v1.2-3`, () => `release.pl run ${settings()} 9 ${artifact} v1.2-3`],
  [`run www 9 ${artifact} - migrate`, () => `release.pl run ${settings()} 9 ${artifact} - migrate`],
  ['good www 12', () => `release.pl good ${settings()} 12`],
  ['drain web1 www', () => 'balancer.pl drain web1 www'],
  ['restore web1 www', () => 'balancer.pl restore web1 www'],
])('"%s" is done, without what the client sends', (said, call) => {
  const { status, stdout, stderr } = ask(said)
  expect({ status, stderr }).toEqual({ status: 0, stderr: `stderr of ${said.split(' ')[0]}\n` })
  expect(stdout).toBe(`stdout of ${said.split(' ')[0]}\n`)
  // Before a release is made there, it is looked at which there are.
  const looked = /^(take|run)/.test(said) ? `release.pl list ${settings()}\n` : ''
  const calls = read('calls').replaceAll(`${path('usr/local/lib/copse')}/`, '')
  expect(calls).toBe(`${looked}${call()}\n`)
  expect(read('journal')).toBe(said.startsWith('list') ? '' : `${said}\n`)
})

test.each([
  undefined,
  '',
  'list',
  'list www ',
  ' list www',
  'list  www',
  'list repo',
  'list www\n',
  'list www\nlist www',
  'list www; id',
  'list www 9',
  'LIST www',
  'list ../www',
  'remove www',
  'sh',
  '/bin/sh -c id',
  'scp -f /etc/shadow',
  'good www 0',
  'good www 09',
  'good www 1234567890',
  'good www -1',
  'good www $(id)',
  `take www 9 ${artifact}`,
  `take www 9 ${artifact.slice(1)} abc`,
  `take www 9 ${artifact.toUpperCase()} abc`,
  `take www 9 ${artifact} abc migrate`,
  `take www 9 ${artifact} a/b`,
  `take www 9 ${artifact} ${'c'.repeat(65)}`,
  `take www 9 ${artifact} ä`,
  `run www 9 ${artifact} abc migrate migrate`,
  `run www 9 ${artifact} abc Migrate`,
  `run www 9 ${artifact} abc\tmigrate`,
  `run repo 9 ${artifact} abc`,
  'drain web1',
  'drain web1 repo',
  'drain web2 www',
  'drain web1 www www',
  'restore www web1',
  'restore -- www',
  `list ${'w'.repeat(100_000)}`,
])('%j is refused, and the journal says so', (said) => {
  const { status, stdout, stderr } = ask(said)
  expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
  expect(stderr).toBe('refused: the key of the CI host may not have this done here\n')
  expect(read('calls')).toBe('')
  expect(read('journal')).toMatch(/^refused:[ -~]{0,292}\n$/)
})

test('the way in which the program ended is passed on', () => {
  writeFileSync(path('code'), '3')
  expect(ask('list www').status).toBe(3)
})

test('a release that is there is never made another', () => {
  writeFileSync(
    path('releases'),
    `www\t9\t${artifact}\tc\tabc\t1\t2\t3\nwww\t12\t${'b'.repeat(64)}\tc\tabc\t1\t0\t0\n`,
  )
  const codes = ['take www 9', 'run www 9', 'take www 1', 'take www 12', 'run www 12'].map((said) => {
    const { status, stderr } = ask(`${said} ${artifact} abc`)
    return [said, status === 0, stderr]
  })
  const refusal = 'there is another release of this number here\n'
  expect(codes).toEqual([
    ['take www 9', true, 'stderr of take\n'],
    ['run www 9', true, 'stderr of run\n'],
    ['take www 1', true, 'stderr of take\n'],
    ['take www 12', false, refusal],
    ['run www 12', false, refusal],
  ])
})

test('a host without a table does nothing', () => {
  rmSync(path('etc/copse/deploy-verbs'))
  expect(ask('list www').status).toBe(64)
})

test('a file that would become the config of a release is not found by the program', () => {
  writeFileSync(path('env'), 'A=b\n')
  const { status } = spawnSync('perl', [program, root], { cwd: root, env: environmentOf('list www') })
  expect(status).toBe(0)
  expect(read('calls')).not.toContain(' env')
})

test('a release waits for a session that is at work there; to look needs none', async () => {
  mkdirSync(path('run/copse'))
  const hold = `open my $lock, ">>", $ARGV[0]; flock $lock, 2; $| = 1; print "held\\n"; sleep 1;
open my $out, ">>", $ARGV[1]; print $out "the session ended\\n"`
  const holder = spawn('perl', ['-e', hold, path('run/copse/lock'), path('calls')])
  await once(holder.stdout, 'data')
  expect([ask('list www').status, ask('good www 3').status]).toEqual([0, 0])
  const said = read('calls').split('\n')
  expect(said).toEqual([
    expect.stringContaining(' list '),
    'the session ended',
    expect.stringContaining(' good '),
    '',
  ])
  await once(holder, 'exit')
})

test('while a release is started no session begins', async () => {
  const slow = `open my $in, "<", "${path('go')}"; my $line = <$in>;`
  spawnSync('mkfifo', [path('go')])
  writeFileSync(
    path('usr/local/lib/copse/release.pl'),
    `exit if $ARGV[0] eq "list"; $| = 1; print "at work\\n"; ${slow}`,
  )
  const running = spawn('perl', [program, root], { env: environmentOf(`run www 9 ${artifact} abc`) })
  await once(running.stdout, 'data')
  const tried = spawnSync('perl', [
    '-e',
    'open my $l, ">>", $ARGV[0] or exit 2; exit(flock($l, 6) ? 0 : 1)',
    path('run/copse/lock'),
  ])
  expect(tried.status).toBe(1)
  writeFileSync(path('go'), 'go\n')
  const [code] = await once(running, 'exit')
  expect(code).toBe(0)
})

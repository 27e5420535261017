import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runHere } from './copse.ts'

const office = fileURLToPath(new URL('../../examples/office', import.meta.url))

const environments = '  environments: dev staging prod; for example: copse'

test.each([
  [
    'an unknown command is named with its neighbour',
    ['vesion'],
    "unknown command 'vesion'\n(Did you mean version?)",
  ],
  ['an unknown flag is named', ['version', '--frob'], "unknown option '--frob'"],
  ['a word too many is named', ['version', 'x'], "too many arguments for 'version'"],
  ['no environment lists them', ['-C', office, 'plan'], `${environments} plan dev`],
  ['-C stands after the command too', ['up', '-C', office], `${environments} up dev`],
  [
    'the alias of a command wants an environment too',
    ['ps', '-C', office],
    'copse status needs an environment',
  ],
  ['an unknown environment lists them', ['-C', office, 'plan', 'devv'], 'there is no environment "devv"'],
  [
    'a limit that selects nothing lists the hosts',
    ['-C', office, 'plan', 'dev', '-l', 'wbe'],
    'hosts: dns lb log ci web1 web2 db',
  ],
  [
    'a host that is not there lists the hosts',
    ['-C', office, 'destroy', 'dev', 'wbe'],
    '"wbe" selects no host of dev',
  ],
  [
    'packages go with a purge only',
    ['-C', office, 'destroy', 'dev', '--packages'],
    'copse destroy dev --purge --packages',
  ],
  [
    'rebuild wants its hosts named',
    ['-C', office, 'rebuild', 'dev'],
    'copse rebuild needs the hosts to rebuild',
  ],
  ['ci run wants a job', ['-C', office, 'ci', 'run', 'dev'], 'copse ci run dev rebuild'],
  [
    'a job that is not there lists the jobs',
    ['-C', office, 'ci', 'run', 'dev', 'x'],
    'there are: hello, rebuild',
  ],
  [
    'a job of the CI host alone says where it is run',
    ['-C', office, 'ci', 'run', 'dev', 'hello'],
    'copse ci start dev hello',
  ],
  [
    'servers that exist have no box to run a job on, and it is said where it can be',
    ['-C', office, 'ci', 'run', 'prod', 'rebuild'],
    'copse ci start prod rebuild',
  ],
  [
    'the CI host makes no machines',
    ['-C', office, 'ci', 'start', 'dev', 'rebuild', '--machines'],
    'copse ci run dev rebuild',
  ],
  [
    'diff wants a second environment',
    ['-C', office, 'diff', 'dev'],
    'copse diff needs a second environment\n  environments: dev staging prod; for example: copse diff dev staging',
  ],
  [
    'promote wants a second environment',
    ['-C', office, 'promote', 'dev'],
    'copse promote needs a second environment',
  ],
  ['diff compares two', ['-C', office, 'diff', 'dev', 'dev'], 'dev is as it is'],
  ['diff wants environments that there are', ['-C', office, 'diff', 'dev', 'prdo'], 'no environment "prdo"'],
  ['ssh wants a host', ['-C', office, 'ssh', 'dev'], 'hosts of dev: dns lb log ci web1 web2 db'],
  ['ssh wants one host', ['-C', office, 'ssh', 'dev', 'web'], 'name one: web1 web2'],
  ['exec wants a command', ['-C', office, 'exec', 'dev'], 'copse exec needs a command'],
  ['apply wants a file', ['-C', office, 'apply'], 'copse apply needs the file of a saved plan'],
  [
    'apply wants a file that is there',
    ['-C', office, 'apply', 'nope'],
    "no such file or directory, open 'nope'",
  ],
  ['what doctor mends is named', ['doctor', '--fix'], 'copse doctor --fix needs an environment'],
  [
    'a duration has a unit',
    ['-C', office, 'up', 'dev', '--lock-timeout', 'soon'],
    '"soon" is not a duration',
  ],
  ['a number of hosts is a number', ['-C', office, 'up', 'dev', '-p', '0'], '"0" is not a number of hosts'],
  [
    'nothing may follow -- but where it is passed on',
    ['-C', office, 'plan', 'dev', '--', 'x'],
    'copse plan takes nothing after --',
  ],
  ['an unknown topic lists them', ['docs', 'nope'], 'topics: architecture'],
  ['a directory without a config says so', ['-C', '/', 'plan', 'dev'], 'there is no copse.config.ts in /'],
])('%s, with exit code 64', { timeout: 30_000 }, async (_name, args, said) => {
  const { code, stdout, stderr } = await runHere(args)
  expect(stderr).toContain(said)
  expect(stderr).not.toMatch(/^ {4}at /m)
  expect([code, stdout]).toEqual([64, ''])
})

test('no command is wrong usage, and shows what there is', async () => {
  const { code, stdout, stderr } = await runHere([])
  expect([code, stdout]).toEqual([64, ''])
  expect(stderr).toContain('Commands:\n  init ')
})

test.each(['--help', '-h', 'help', 'help plan', 'plan -h', 'plan --help', 'version', '-V', '--version'])(
  'copse %s answers on stdout with exit code 0',
  async (line) => {
    const { code, stdout, stderr } = await runHere(line.split(' '))
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^(Usage: )?copse |^\d/)
  },
)

test('colours are used where they are forced, and only there', async () => {
  const args = ['docs', 'nope']
  expect((await runHere(args, { FORCE_COLOR: '1' })).stderr).toContain('\x1b[31mcopse:\x1b[39m')
  expect((await runHere(args)).stderr).not.toContain('\x1b')
  expect((await runHere([...args, '--no-color'], { FORCE_COLOR: '1' })).stderr).not.toContain('\x1b')
})

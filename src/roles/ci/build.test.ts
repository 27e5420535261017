/** The program that builds apps, with a stand-in for systemd's sandbox: what comes out is the same each time, or nothing. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'

let directory: string
const at = (path: string) => join(directory, path)
const names = (path: string) => readdirSync(at(path)).filter((name) => !name.startsWith('.'))

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copse-build-'))
  for (const path of ['files', 'builds', 'reports']) mkdirSync(at(`store/${path}`), { recursive: true })
  for (const path of ['home', 'cache', 'bin', 'job', 'source']) mkdirSync(at(path))
  for (const name of ['build', 'pack'])
    writeFileSync(
      at(name),
      readFileSync(new URL(`./host/${name}.pl`, import.meta.url), 'utf8')
        .replaceAll('/srv/artifacts', at('store'))
        .replaceAll('/var/lib/ci-build', at('home'))
        .replaceAll('/var/cache/ci-build', at('cache'))
        .replaceAll('/usr/local/lib/copse/ci/pack', at('pack')),
    )
  fake(
    'systemd-run',
    `#!/usr/bin/perl
my ($work, $home) = map { /^BindPaths=(.*):(.*)/ ? ($1, $2) : () } @ARGV;
open my $pid, ">", "$home/../pid";
print $pid $$;
close $pid;
shift while $ARGV[0] ne "/usr/bin/env";
s{\\Q$home\\E/}{$work/}g for @ARGV;
exec @ARGV;
`,
  )
  fake('chown', '#!/bin/sh\n')
  fake(
    'systemctl',
    `#!/bin/sh
echo "$*" >>${at('told')}
case $1 in show) echo exit-code ;; stop) kill "$(cat ${at('pid')})" ;; esac
`,
  )
  writeFileSync(at('source/main.ts'), 'one\n')
})

afterEach(() => rmSync(directory, { recursive: true }))

function fake(name: string, text: string): void {
  writeFileSync(at(`bin/${name}`), text)
  chmodSync(at(`bin/${name}`), 0o755)
}

async function prepare(steps: readonly string[], test?: string): Promise<void> {
  await execa('tar', ['-czf', at('job/source.tar.gz'), '-C', at('source'), '.'])
  writeFileSync(at('job/app'), 'www\n')
  writeFileSync(at('job/steps'), steps.map((step) => `${step}\n`).join(''))
  rmSync(at('job/test'), { force: true })
  if (test !== undefined) writeFileSync(at('job/test'), `${test}\n`)
}

function start() {
  return execa('perl', [at('build'), at('job')], {
    env: { PATH: `${at('bin')}:${process.env.PATH}`, SECRET: 'x' },
    reject: false,
  })
}

async function build(steps: readonly string[], test?: string) {
  await prepare(steps, test)
  const { stdout, stderr, exitCode } = await start()
  const lines = stdout.split('\n')
  const [, artifact = '', bytes, how] = /^copse-artifact (\w+) (\d+) (\w+)$/.exec(lines.at(-1) ?? '') ?? []
  return { lines, artifact, bytes: Number(bytes), how, stderr, code: exitCode }
}

/** The layers of an artifact: a digest and a path each. */
function layersOf(artifact: string): readonly (readonly string[])[] {
  const list = readFileSync(at(`store/files/${artifact}.layers`), 'utf8')
  expect(createHash('sha256').update(list).digest('hex')).toBe(artifact)
  return list
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
}

test('an artifact is what the steps left, known by the digests of its layers', async () => {
  const { lines, artifact, bytes, how } = await build([
    'echo works; echo two >made',
    'cat made',
    'chmod 700 made',
  ])
  expect(lines.slice(0, -1)).toEqual([
    ...['copse-step 1 echo works; echo two >made', 'works', 'copse-step 2 cat made', 'two'],
    'copse-step 3 chmod 700 made',
  ])
  const [[layer] = [], ...more] = layersOf(artifact)
  expect(more).toEqual([])
  const packed = readFileSync(at(`store/files/${layer}.tar.zst`))
  expect({ bytes, how }).toEqual({ bytes: packed.length, how: 'built' })
  const tar = zstdDecompressSync(packed)
  expect(createHash('sha256').update(tar).digest('hex')).toBe(layer)
  const { stdout } = await execa('tar', ['-tvf', '-', '--numeric-owner', '--utc'], { input: tar })
  expect(stdout.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
    'drwxr-xr-x 0/0 0 1970-01-01 00:00 ./',
    '-rwxr-xr-x 0/0 4 1970-01-01 00:00 ./made',
    '-rw-r--r-- 0/0 4 1970-01-01 00:00 ./main.ts',
  ])
  expect(readdirSync(at('home'))).toEqual(['.lock'])
})

test('packages are layers of their own, which other builds have in common', async () => {
  const install = (name: string, bytes: number) =>
    `mkdir -p node_modules/${name}; head -c ${bytes} /dev/zero >node_modules/${name}/x`
  const steps = [install('large', 5_000_000), install('@scope/large', 6_000_000), install('small', 10)]
  const first = layersOf((await build(steps)).artifact)
  const paths = ['.', 'node_modules', 'node_modules/@scope/large', 'node_modules/large']
  expect(first.map(([, path]) => path)).toEqual(paths)
  const held = async (index: number) => {
    const file = at(`store/files/${first[index]?.[0]}.tar.zst`)
    return (await execa('tar', ['--zstd', '-tf', file])).stdout.split('\n')
  }
  expect(await held(0)).toEqual(['./', './main.ts'])
  expect(await held(1)).toEqual(['./', './@scope/', './small/', './small/x'])
  expect(await held(3)).toEqual(['./', './x'])
  writeFileSync(at('source/main.ts'), 'two\n')
  const second = layersOf((await build(steps)).artifact)
  expect(second.slice(1)).toEqual(first.slice(1))
  expect(second[0]).not.toEqual(first[0])
  expect(names('store/files')).toHaveLength(5 + 2)
})

test('the same from clean is the same, whatever the time, the modes and the caches', async () => {
  const steps = [
    'mkdir -p node_modules/.cache .git',
    'date +%N | tee node_modules/.cache/x .git/y >/dev/null',
  ]
  const first = await build([...steps, 'chmod 640 main.ts'])
  const { artifact } = await build([...steps, 'touch -d 2001-01-01 main.ts'])
  expect(first.artifact).toMatch(/^[0-9a-f]{64}$/)
  expect(artifact).toBe(first.artifact)
  expect(new Set(names('store/files'))).toEqual(
    new Set([`${artifact}.layers`, ...layersOf(artifact).map(([layer]) => `${layer}.tar.zst`)]),
  )
})

test('what was built in the same way before is not built again, unless it is gone', async () => {
  const { artifact } = await build(['echo x >x'])
  const again = await build(['echo x >x'])
  expect(again).toMatchObject({ artifact, how: 'known', lines: [expect.any(String)] })
  for (const lost of [`${artifact}.layers`, `${layersOf(artifact)[0]?.[0]}.tar.zst`]) {
    rmSync(at(`store/files/${lost}`))
    expect(await build(['echo x >x'])).toMatchObject({ artifact, how: 'built' })
  }
  writeFileSync(at('source/main.ts'), 'two\n')
  expect((await build(['echo x >x'])).how).toBe('built')
})

test('a step that fails is named with its code, ends the build, and leaves nothing', async () => {
  const { lines, code } = await build(['echo a', 'echo b; false; echo c', 'echo d'])
  expect(lines.slice(-3)).toEqual([
    'copse-step 2 echo b; false; echo c',
    'b',
    'copse-failed 2 1 echo b; false; echo c',
  ])
  expect(code).toBe(1)
  expect([names('store/files'), names('store/builds'), names('home')]).toEqual([[], [], []])
})

test('steps find nothing of ours in their environment', async () => {
  const { lines } = await build(['env | cut -d= -f1 | sort'])
  const mine = ['CI', 'HOME', 'LANG', 'NODE_EXTRA_CA_CERTS', 'PATH', 'PWD']
  const npm = ['audit', 'cache', 'fund', 'update_notifier'].map((name) => `npm_config_${name}`)
  const found = lines.slice(1, -1).filter((name) => !['OLDPWD', 'SHLVL', '_'].includes(name))
  const isHere = existsSync('/etc/ssl/certs/ca-certificates.crt')
  expect(new Set(found)).toEqual(
    new Set([...mine, ...npm].filter((name) => isHere || name !== 'NODE_EXTRA_CA_CERTS')),
  )
})

test.each([
  ['mkfifo p', 'a device, a pipe or a socket, which no artifact may: p'],
  ['ln -s /etc/passwd p', 'a link with an absolute target, which no artifact may: p'],
  ['mkdir d; ln -s ../../x d/p', 'a link out of it'],
])('%s is refused', async (step, why) => {
  const { code, stderr } = await build([step])
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(why) })
  expect([names('store/files'), names('home')]).toEqual([[], []])
})

test('the test decides, its report stays, and what it leaves is not in the artifact', async () => {
  const { artifact, how, lines } = await build(['echo x >x'], 'echo "<ok/>" >"$JUNIT"; echo left >coverage')
  const reported = lines.at(-2)?.replace('copse-report ', '') ?? ''
  expect(readFileSync(reported, 'utf8')).toBe('<ok/>\n')
  expect(how).toBe('built')
  expect((await build(['echo x >x'])).artifact).toBe(artifact)
  expect((await build(['echo x >x'], 'echo "<bad/>" >"$JUNIT"; exit 3')).lines.slice(-2)).toEqual([
    expect.stringMatching(/^copse-report /),
    'copse-failed test 3 echo "<bad/>" >"$JUNIT"; exit 3',
  ])
  expect(names('store/builds')).toHaveLength(2)
})

test('what a killed build left goes with the next one, and one that is at work stays', async () => {
  for (const id of ['1-1', '2-2']) {
    mkdirSync(at(`home/${id}/tree`), { recursive: true })
    writeFileSync(at(`home/${id}/lock`), '')
    writeFileSync(at(`store/files/.${id}.tar.zst`), '')
  }
  const holds = execa('flock', [at('home/2-2/lock'), 'cat'], { reject: false })
  try {
    await expect
      .poll(() =>
        execa('flock', ['-n', at('home/2-2/lock'), 'true']).then(
          () => 0,
          () => 1,
        ),
      )
      .toBe(1)
    await build(['true'])
  } finally {
    holds.stdin?.end()
    await holds
  }
  expect(names('home')).toEqual(['2-2'])
  expect(readFileSync(at('told'), 'utf8')).toContain('stop --quiet copse-build-1-1.service')
  expect(readdirSync(at('store/files')).filter((name) => name.startsWith('.'))).toEqual(['.2-2.tar.zst'])
})

test('whoever ends it, or no longer follows it, ends what runs', async () => {
  await prepare(['echo begins; exec sleep 20'])
  const began = Date.now()
  const running = start()
  for await (const line of running.iterable()) if (line === 'begins') running.kill('SIGTERM')
  expect((await running).exitCode).toBe(1)
  expect(Date.now() - began).toBeLessThan(15_000)
  expect([names('home'), names('store/files')]).toEqual([[], []])
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { sha256 } from '../lib/digest.ts'
import { release, releaseIn, releaseKind, takeRelease, withRelease } from './release.ts'
import { secret, secretText, withSecrets } from './secret-text.ts'

const wanted = { number: 8, artifact: 'a8', config: 'c8', commit: 'abc', migrates: true }
const resource = release('www', {
  variables: { PLAIN: { parts: ['a "b" $c'] }, KEY: secretText`${secret('key')}` },
  settings: '/etc/copse/apps/www',
  units: ['www@1', 'www@2'],
  inputs: ['/etc/systemd/system/www@.service', '/etc/copse/tls/ca.crt'],
})
const authority = 'a certificate'
const filled = withRelease(
  withSecrets(resource, () => 'c8'),
  { wanted: () => wanted },
  authority,
)
const around = { changing: new Set<string>(), digestOf: () => undefined }
const runs = { number: '8', artifact: 'a8', config: 'c8', inputs: 'i', started: '8 i', down: '' }
const why = (found: Readonly<Record<string, string>> | undefined, changing: readonly string[] = []) =>
  releaseKind.bind(filled).diff(found, { ...around, changing: new Set(changing) })?.why

test('before the app has a release nothing is wanted', () => {
  const none = withRelease(resource, { wanted: () => undefined })
  expect(releaseKind.bind(none).diff(undefined, around)).toBeUndefined()
  expect(releaseKind.bind(none).diff(runs, around)).toBeUndefined()
})

test('each way in which a host may differ is told', () => {
  expect(why(runs)).toBeUndefined()
  expect(why(undefined)).toEqual(['release 8'])
  expect(why({ ...runs, number: '7' })).toEqual(['release 7, wanted 8'])
  expect(why({ ...runs, artifact: 'x' })).toEqual(['of another artifact'])
  expect(why({ ...runs, config: 'x' })).toEqual(['its config is another'])
  expect(why({ ...runs, down: 'www@2' })).toEqual(['www@2 down, wanted running'])
  expect(why({ ...runs, started: '7 i' })).toEqual(['it may still run an earlier release'])
  expect(why({ ...runs, inputs: 'j' })).toEqual(['it may still run an earlier release'])
  expect(why(runs, ['file /etc/systemd/system/www@.service'])).toEqual(['restart: www@.service changes'])
})

test('processes are started again where they are to trust another authority, and not with each new certificate', () => {
  const inputs = `01234567${sha256(authority).slice(0, 8)}`
  const trusting = { ...runs, inputs, started: `8 ${inputs}` }
  const former = { ...runs, inputs: '0123456789abcdef', started: '8 0123456789abcdef' }
  const changing = ['certificate /etc/copse/tls/www.crt']
  expect(why(trusting, changing)).toBeUndefined()
  expect(why(former, changing)).toEqual(['restart: ca.crt changes'])
  // Nothing brings it along.
  expect(why(former)).toBeUndefined()
})

test('variables stand as systemd reads them, and values of secrets stay references', () => {
  expect(releaseIn(resource).config.parts).toEqual([
    'PLAIN="a \\"b\\" \\$c"\nKEY="',
    { secret: 'key', as: 'quoted' },
    '"\n',
  ])
})

test('a former release comes with its own config', () => {
  const script = takeRelease(releaseIn(filled))
  expect(script.script.shell).toContain('take /etc/copse/apps/www 8 a8 abc migrate')
  expect(Object.keys(script.payloads ?? {})).toEqual(['env-www'])
  const former = { ...releaseIn(filled), wanted: { ...wanted, config: 'c7', migrates: false } }
  expect(takeRelease(former).payloads).toBeUndefined()
})

test('several start at the same time, and the step ends as the worst of them', async () => {
  const spec = releaseIn(filled)
  const change = { action: 'create', why: [] } as const
  const specs = [
    { ...spec, app: 'www', settings: '/www' },
    { ...spec, app: 'repo', settings: '/repo' },
  ]
  const made = releaseKind.batch?.(specs.map((one) => ({ spec: one, change })))
  expect(Object.keys(made?.payloads ?? {})).toEqual(['env-www', 'env-repo'])
  const directory = mkdtempSync(join(tmpdir(), 'copse-release-'))
  try {
    // Each waits for the other to have begun.
    const program = join(directory, 'release.pl')
    writeFileSync(
      program,
      `my ($verb, $settings) = @ARGV;
open my $mine, ">", ".$settings"; close $mine;
for (1 .. 500) { last if -e "./www" && -e "./repo"; select undef, undef, undef, 0.01 }
print "$settings: ", (-e "./www" && -e "./repo" ? "both" : "alone"), "\\n";
exit($settings eq "/www" ? 1 : 0);
`,
    )
    const shell = (made?.script.shell ?? '').replaceAll('/usr/local/lib/copse/release.pl', program)
    const { exitCode, stdout } = await execa('sh', ['-euc', shell], { cwd: directory, reject: false })
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '/www: both\n/repo: both' })
  } finally {
    rmSync(directory, { recursive: true })
  }
})

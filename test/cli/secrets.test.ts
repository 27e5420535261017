/** What the commands about secrets say and do, with the real binary in a home of its own. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Identity, makeIdentity } from '../../src/engine/secrets/seal.ts'
import { Copse } from './copse.ts'

const copse = new Copse()
const slow = { timeout: 180_000 }
let ana: Identity
let ben: Identity

beforeAll(async () => {
  ;[ana, ben] = [await makeIdentity(), await makeIdentity()]
})

afterAll(() => copse[Symbol.dispose]())

/** A config whose server refuses connections; `people` is a list in TypeScript. */
function write(name: string, people = '[]'): string {
  const directory = join(copse.directory, name)
  mkdirSync(directory, { recursive: true })
  writeFileSync(
    join(directory, 'copse.config.ts'),
    `import { defineEcosystem, existing, file, secret, secretText } from 'copse'
const machines = existing({ user: 'root', port: 1, servers: { web1: { address: '127.0.0.1' } } })
export default defineEcosystem({
  name: 'office',
  environments: {
    dev: { machines, subnet: '10.71.0.0/24', domain: 'office.internal' },
    prod: { machines, subnet: '10.72.0.0/24', domain: 'office.internal', secrets: 'repo' },
  },
  people: ${people},
  hosts: {
    web: {
      at: [24],
      roles: [],
      resources: [
        file('/etc/app.env', { content: secretText\`KEY=\${secret('app-key', { generate: 40 })}\\n\` }),
        file('/etc/smtp', { content: secret('smtp-password') }),
      ],
    },
  },
})
`,
  )
  return directory
}

const in_ = (directory: string) => ({
  run: (...args: string[]) => copse.run(['-C', directory, ...args]),
  with: (input: string | Uint8Array, ...args: string[]) => copse.runWith(input, ['-C', directory, ...args]),
})

test(
  'they are listed, set, read and edited, and a value is only shown where it is asked for',
  slow,
  async () => {
    const at = in_(write('local'))
    const empty = await at.run('secrets', 'dev')
    expect(empty.code).toBe(0)
    expect(empty.stdout).toMatch(
      /^NAME +STATE +USED BY\napp-key +made by the next up +web1:\/etc\/app.env\nsmtp-password +missing +web1:\/etc\/smtp\nKept in \S+\/secrets.age.\nTo be set before the next up:\n {2}copse secrets dev set smtp-password\n$/,
    )

    const set = await at.with('hunter22\n', 'secrets', 'dev', 'set', 'smtp-password')
    expect([set.code, set.stderr]).toEqual([0, 'copse up dev brings it to web1.\n'])
    expect(set.stdout).toMatch(/^Set smtp-password in \S+\/secrets.age.\n$/)
    expect((await at.run('secrets', 'dev', 'get', 'smtp-password')).stdout).toBe('hunter22\n')

    expect((await at.run('secrets', 'dev', 'set', 'app-key', '--generate')).code).toBe(0)
    expect((await at.run('secrets', 'dev', 'get', 'app-key')).stdout).toMatch(/^[A-Za-z0-9]{40}\n$/)

    const list = await at.run('secrets', 'dev', 'list', '--json')
    expect(JSON.parse(list.stdout)).toMatchObject({
      version: 1,
      isForPeople: true,
      secrets: [
        { name: 'app-key', state: 'generated', uses: [{ host: 'web1', resource: 'file /etc/app.env' }] },
        { name: 'smtp-password', state: 'set', isMadeByUp: false },
      ],
    })
    const shown = [empty, set, list, await at.run('history', 'dev'), await at.run('config', 'dev')]
    expect(shown.map(({ stdout, stderr }) => stdout + stderr).join('')).not.toContain('hunter22')
  },
)

test('up and plan say what must be set, before anything is touched', slow, async () => {
  const at = in_(write('unset'))
  for (const command of ['plan', 'up']) {
    const { code, stdout, stderr } = await at.run(command, 'dev')
    expect([code, stdout]).toEqual([78, ''])
    expect(stderr).toMatch(
      /copse.config.ts:16:9 {2}file \/etc\/smtp on web1 needs the secret smtp-password, which dev does not have; copse secrets dev set smtp-password\n/,
    )
  }
})

test('the config shows their names', slow, async () => {
  const { stdout } = await in_(write('config')).run('config', 'dev')
  expect(stdout).toContain('"content": "[secret: app-key]"')
})

test.each([
  ['an empty value', '\n', ['set', 'smtp-password'], 64, 'the value is empty; nothing was changed'],
  ['bytes', new Uint8Array([0xff, 0xfe]), ['set', 'a'], 64, 'the value is not UTF-8 text'],
  ['no name', '', ['set'], 64, 'set needs the name of a secret'],
  ['a bad name', '', ['get', 'A b'], 64, 'that is no name of a secret'],
  ['a value as a word', '', ['set', 'smtp-password', 'hunter22'], 64, 'too many arguments'],
  ['an unknown verb', '', ['show'], 64, 'copse secrets cannot show'],
  ['a length that is none', '', ['set', 'a', '--generate=x'], 64, '"x" is no length of a secret'],
  ['a secret that there is not', '', ['get', 'smtp-pasword'], 1, 'dev has no secret smtp-pasword'],
] as const)('%s is refused', slow, async (_what, input, words, code, message) => {
  const ended = await in_(write('refused')).with(input, 'secrets', 'dev', ...words)
  expect([ended.code, ended.stdout]).toEqual([code, ''])
  expect(ended.stderr).toContain(message)
  expect(ended.stderr).not.toMatch(/hunter22|^ {4}at /m)
})

/** An editor that keeps what it saw, with the permissions, and writes `text`. */
function editor(name: string, text: string): string {
  const path = join(copse.directory, `editor-${name}`)
  const seen = `cp "$1" '${path}.seen'; stat -c '%a' "$1" "$(dirname "$1")" >'${path}.modes'`
  writeFileSync(path, `#!/bin/sh\n${seen}\ncat >"$1" <<'end'\n${text}\nend\n`, { mode: 0o755 })
  return path
}

test('an editor gets them in a closed directory in memory, and none is left there', slow, async () => {
  const directory = write('edit')
  const at = in_(directory)
  await at.with('hunter22', 'secrets', 'dev', 'set', 'smtp-password')
  const path = editor('good', '{ "smtp-password": "hunter33", "other": "x" }')
  const edit = (EDITOR: string) => copse.run(['-C', directory, 'secrets', 'dev', 'edit'], { EDITOR })
  expect((await edit(path)).stdout).toMatch(/^Saved \S+secrets.age.\n$/)
  expect(readFileSync(`${path}.seen`, 'utf8')).toBe('{\n  "smtp-password": "hunter22"\n}\n')
  expect(readFileSync(`${path}.modes`, 'utf8')).toBe('600\n700\n')
  expect((await at.run('secrets', 'dev', 'get', 'smtp-password')).stdout).toBe('hunter33\n')
  expect((await edit('true')).stdout).toBe('Nothing was changed.\n')

  const bad = await edit(editor('bad', '{ "smtp-password": "hunter44", }'))
  expect([bad.code, bad.stderr]).toEqual([
    64,
    expect.stringContaining('This is not JSON; nothing was changed'),
  ])
  expect(bad.stderr).not.toContain('hunter')
  expect((await edit('false')).stderr).toContain('the editor ended with 1; nothing was changed')
  expect(readdirSync(copse.directory).filter((name) => name.startsWith('copse-secrets-'))).toEqual([])
})

test('what an editor was given goes with an interrupted copse', slow, async () => {
  const directory = write('stopped')
  const child = copse.start(['-C', directory, 'secrets', 'dev', 'edit'], { EDITOR: 'sleep 30; :' })
  const drafts = () => readdirSync(copse.directory).filter((name) => name.startsWith('copse-secrets-'))
  while (drafts().length === 0 && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 50))
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  expect(child.exitCode).toBe(130)
  expect(drafts()).toEqual([])
})

test(
  'in the repository they are for the people of the environment, and others are told so',
  slow,
  async () => {
    const person = (name: string, { recipient }: Identity) =>
      `{ name: '${name}', keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHp4bJV3m0iuC0EHLbnTrUd6mCMfoLULmkvhKEh5r0dV'], environments: ['prod'], recipients: ['${recipient}'] }`
    const directory = write('repo', `[${person('ana', ana)}]`)
    const as = ({ identity }: Identity, name: string) => {
      const file = join(copse.directory, `identity-${name}`)
      writeFileSync(file, `# a comment\n${identity}\n`)
      return (input: string, ...args: string[]) =>
        copse.runWith(input, ['-C', directory, 'secrets', 'prod', ...args], { COPSE_IDENTITY: file })
    }
    const [byAna, byBen] = [as(ana, 'ana'), as(ben, 'ben')]
    expect((await byAna('hunter22\n', 'set', 'smtp-password')).code).toBe(0)
    expect(readFileSync(join(directory, 'secrets', 'prod.age'), 'utf8')).toMatch(/^-----BEGIN AGE/)
    expect((await byBen('', 'get', 'smtp-password')).stderr).toContain(
      `is not encrypted for you (${ben.recipient})`,
    )

    write('repo', `[${person('ana', ana)}, ${person('ben', ben)}]`)
    const stale = await byAna('', 'list')
    expect(stale.stdout).toContain(
      `It is encrypted to ${ana.recipient}: not to exactly the people of the config.`,
    )
    const saved = await copse.run(['-C', directory, 'secrets', 'prod', 'edit'], {
      COPSE_IDENTITY: join(copse.directory, 'identity-ana'),
      EDITOR: 'true',
    })
    expect(saved.stdout).toMatch(/^Saved /)
    expect((await byBen('', 'get', 'smtp-password')).stdout).toBe('hunter22\n')
    expect((await byBen('', 'list')).stdout).not.toContain('It is encrypted to')
  },
)

/** The SSH transport against a real sshd. Needs root and openssh-server. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openSsh } from '../../src/transports/ssh/open.ts'
import type { SshTarget } from '../../src/transports/ssh-target.ts'
import type { Archive } from '../../src/transports/transport.ts'
import { clientsOf, eventually, freePort, PrivateSshd, plainUser } from '../fixture/private-sshd.ts'

const sshd = new PrivateSshd()
beforeAll(() => sshd.start())
afterAll(() => sshd[Symbol.asyncDispose]())

const { signal } = new AbortController()
const open = (changes: Partial<SshTarget> = {}) =>
  openSsh(sshd.target(changes), { alias: 'web1.office.internal', signal, connectTimeoutMs: 1000 })
const script = (text: string): Archive => ({ main: { text } })
const runtimeDirectories = () => readdirSync(process.env.XDG_RUNTIME_DIR ?? tmpdir()).filter(isOurs)
const isOurs = (name: string) => name.startsWith('copse-') && name.includes(`-${process.pid}-`)

describe('a script', () => {
  test('runs as root in a fresh private directory that is gone afterwards', async () => {
    await using web1 = await open()
    const archive = {
      ...script('id -u; stat -c %a .; cat words; echo oops >&2; exit 3'),
      words: { text: 'hi\n' },
    }
    expect(await web1.run(archive, signal)).toEqual({ code: 3, stdout: '0\n700\nhi\n', stderr: 'oops\n' })
    expect(sshd.leftovers()).toEqual([])
  })

  test('shares one connection with the others', async () => {
    await using web1 = await open()
    const ask = script('echo "$SSH_CONNECTION"')
    const answers = await Promise.all([1, 2, 3].map(() => web1.run(ask, signal)))
    expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1)
  })

  test('may end with 255, which is not taken for a broken connection', async () => {
    await using web1 = await open()
    expect(await web1.run(script('echo no >&2; exit 255'), signal)).toEqual({
      code: 255,
      stdout: '',
      stderr: 'no\n',
    })
  })

  test('that is killed on the host, with the shell that runs it, ends with the code of that', async () => {
    await using web1 = await open()
    expect(await web1.run(script('kill -9 $$'), signal)).toMatchObject({ code: 128 + 9 })
    const [, beside] = await Promise.all([
      web1.run(script('sleep 1'), signal),
      web1.run(script('kill -9 $$'), signal),
    ])
    expect(beside).toMatchObject({ code: 255, stderr: 'the script was killed on the host\n' })
  })

  test('that cannot be unpacked leaves nothing to the next', async () => {
    await using web1 = await open()
    const before = sshd.leftovers()
    const archive = { ...script('echo ran'), 'a/b': { text: '' }, a: { text: 'x'.repeat(100_000) } }
    expect(await web1.run(archive, signal)).toMatchObject({ code: 1, stdout: '' })
    expect((await web1.run(script('echo next'), signal)).stdout).toBe('next\n')
    expect(sshd.leftovers()).toEqual(before)
  })

  test('is waited for with all that it started', async () => {
    await using web1 = await open()
    const { stdout } = await web1.run(script('(sleep 0.5; echo late) & echo now'), signal)
    expect(stdout).toBe('now\nlate\n')
    expect((await web1.run(script('echo next'), signal)).stdout).toBe('next\n')
  })

  test('has no standard input to wait for', async () => {
    await using web1 = await open()
    expect(await web1.run(script('cat; echo end'), signal)).toMatchObject({ code: 0, stdout: 'end\n' })
  })

  test('gets 10 MB unharmed', async () => {
    await using web1 = await open()
    const payload = Buffer.alloc(10_000_000, 'copse\n\0\xff')
    const file = join(sshd.directory, 'payload')
    writeFileSync(file, payload)
    const digest = createHash('sha256').update(payload).digest('hex')
    const { stdout } = await web1.run({ ...script('sha256sum <payload'), payload: { file, digest } }, signal)
    expect(stdout).toBe(`${digest}  -\n`)
  })

  test('does not run when a payload is not what was planned', async () => {
    await using web1 = await open()
    const file = join(sshd.directory, 'changed')
    writeFileSync(file, 'something else')
    const before = sshd.leftovers()
    const ran = join(sshd.directory, 'ran')
    const archive = { ...script(`touch ${ran}`), payload: { file, digest: '0'.repeat(64) } }
    await expect(web1.run(archive, signal)).rejects.toMatchObject({ code: 'refused' })
    expect(await eventually(() => sshd.leftovers().length === before.length, 2000)).toBe(true)
    expect(readdirSync(sshd.directory)).not.toContain('ran')
  })

  test('finds its files under whatever names they have', async () => {
    await using web1 = await open()
    const names = [
      '-rf',
      'a b',
      '$(id)',
      'new\nline',
      '`id`',
      `"';|&`,
      'caf\u00e9',
      'x'.repeat(200),
      `${'deep/'.repeat(60)}end`,
    ]
    const files = Object.fromEntries(names.map((name) => [name, { text: `<${name}>` }]))
    const { stdout } = await web1.run({ ...script('find . -type f ! -name main -print0'), ...files }, signal)
    const found = stdout.split('\0').slice(0, -1)
    expect(found.toSorted()).toEqual(names.map((name) => `./${name}`).toSorted())
  })

  test('ends when it is aborted, at once and with its client', async () => {
    await using web1 = await open()
    const before = clientsOf(sshd.port).length
    const began = performance.now()
    const running = web1.run(script('sleep 30'), AbortSignal.timeout(200))
    await expect(running).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(performance.now() - began).toBeLessThan(1500)
    expect(clientsOf(sshd.port)).toHaveLength(before)
    expect((await web1.run(script('echo still'), signal)).stdout).toBe('still\n')
  })
})

describe('a stream', () => {
  test('yields each line when it is printed, and keeps its directory', async () => {
    await using web1 = await open()
    const seen: [string, number][] = []
    for await (const line of web1.stream(script('pwd; sleep 1; echo last; rm -r "$PWD"'), signal))
      seen.push([line, performance.now()])
    expect(seen.map(([line]) => line)).toEqual([expect.stringMatching(/^\/run\/copse\/[\w-]{36}$/), 'last'])
    const [first = 0, last = 0] = seen.map(([, at]) => at)
    expect(last - first).toBeGreaterThan(500)
    const before = sshd.leftovers()
    for await (const _line of web1.stream(script('true'), signal));
    expect(sshd.leftovers()).toHaveLength(before.length + 1)
  })

  test('ends with what the script said when it fails', async () => {
    await using web1 = await open()
    const lines: string[] = []
    const read = async () => {
      for await (const line of web1.stream(script('echo one; echo broken >&2; exit 7'), signal))
        lines.push(line)
    }
    await expect(read()).rejects.toMatchObject({
      code: 'failed',
      message: 'the script on web1.office.internal ended with code 7: broken',
    })
    expect(lines).toEqual(['one'])
  })

  test('leaves no client when its reader has seen enough', async () => {
    await using web1 = await open()
    const before = clientsOf(sshd.port).length
    for await (const _line of web1.stream(script('echo one; sleep 30'), signal)) break
    expect(await eventually(() => clientsOf(sshd.port).length === before, 2000)).toBe(true)
  })

  test('ends when it is aborted', async () => {
    await using web1 = await open()
    const enough = new AbortController()
    const read = async () => {
      for await (const _line of web1.stream(script('echo one; sleep 30'), enough.signal))
        enough.abort(new Error('enough'))
    }
    await expect(read()).rejects.toThrow('enough')
  })

  test('says so when the connection breaks', async () => {
    await using web1 = await open()
    const read = async () => {
      for await (const _line of web1.stream(script('echo one; sleep 30'), signal)) sshd.cut()
    }
    await expect(read()).rejects.toMatchObject({
      reason: 'no-answer',
      message: expect.stringContaining('broke'),
    })
    expect((await web1.run(script('echo again'), signal)).stdout).toBe('again\n')
  })
})

describe('a host', () => {
  test('whose key has changed is refused before anybody logs in', async () => {
    await expect(open({ hostKey: sshd.publicKey('other') })).rejects.toMatchObject({
      reason: 'changed-key',
      message: expect.stringMatching(/SHA256:\S{43}, wanted SHA256:\S{43}$/),
    })
  })

  test('that is not known to anybody is refused', async () => {
    await expect(open({ hostKey: undefined })).rejects.toMatchObject({
      reason: 'no-entry',
      message: expect.stringContaining('is not known'),
    })
  })

  test('that refuses our key says so', async () => {
    const identityFile = join(sshd.directory, 'stranger')
    await expect(open({ identityFile })).rejects.toMatchObject({ reason: 'no-entry' })
  })

  test('where the user may not sudo says so', async () => {
    await expect(open({ user: plainUser })).rejects.toMatchObject({
      reason: 'no-entry',
      message: expect.stringContaining('may not run sudo without a password'),
      hint: expect.stringContaining('NOPASSWD'),
    })
  })

  test('whose port is closed does not answer', async () => {
    await expect(open({ port: await freePort() })).rejects.toMatchObject({ reason: 'no-answer' })
  })

  test('that never says a word does not answer, within the time', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const began = performance.now()
    await expect(open({ port })).rejects.toMatchObject({ reason: 'no-answer' })
    expect(performance.now() - began).toBeLessThan(3000)
    silent.close()
  })

  test('is not waited for after an abort', async () => {
    const opening = openSsh(sshd.target(), { alias: 'web1', signal: AbortSignal.abort(new Error('enough')) })
    await expect(opening).rejects.toThrow('enough')
  })

  test('proves new logins, and the lack of them', async () => {
    await using web1 = await open()
    expect(await web1.loginAnew(signal)).toBe(true)
    await sshd.stop()
    try {
      expect(await web1.loginAnew(signal)).toBe(false)
      await expect(web1.run(script('true'), signal)).rejects.toMatchObject({ reason: 'no-answer' })
    } finally {
      await sshd.start()
    }
  })

  test('that was made anew behind an open connection is refused', async () => {
    await using web1 = await open()
    await sshd.stop()
    await sshd.start('other')
    try {
      await expect(web1.run(script('true'), signal)).rejects.toMatchObject({ reason: 'changed-key' })
    } finally {
      await sshd.stop()
      await sshd.start()
    }
  })
})

describe('nothing is left', () => {
  beforeEach(() => eventually(() => clientsOf(sshd.port).length === 0, 2000))

  test('of a connection that is disposed, nor of one that failed', async () => {
    await (await open())[Symbol.asyncDispose]()
    await open({ hostKey: sshd.publicKey('other') }).catch(() => undefined)
    expect(clientsOf(sshd.port)).toEqual([])
    expect(runtimeDirectories()).toEqual([])
  })

  test('of a controller that is killed while a script runs', async () => {
    const killed = new URL('../fixture/stream-until-killed.ts', import.meta.url).pathname
    const controller = spawn(process.execPath, [killed, JSON.stringify(sshd.target())], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(controller.stdout, 'data')
    expect(clientsOf(sshd.port)).toHaveLength(2)
    controller.kill('SIGKILL')
    await once(controller, 'exit')
    expect(await eventually(() => clientsOf(sshd.port).length === 0, 3000)).toBe(true)
    await using _web1 = await open()
    const orphans = readdirSync(process.env.XDG_RUNTIME_DIR ?? tmpdir()).filter((name) =>
      name.includes(`-${controller.pid}-`),
    )
    expect(orphans).toEqual([])
  })
})

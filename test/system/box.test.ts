/** The two kinds of box do the same: this machine, and one reached by SSH. Needs root and openssh-server. */
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Box } from '../../src/machines/incus/box.ts'
import { lockBox } from '../../src/machines/incus/box-lock.ts'
import { connect } from '../../src/machines/incus/client.ts'
import { lxdProduct } from '../../src/machines/incus/engine.ts'
import { type FakeEngine, fakeEngine } from '../../src/machines/incus/fake-engine.ts'
import { localBox } from '../../src/machines/incus/local-box.ts'
import { identify, isAlive } from '../../src/machines/incus/process.ts'
import { reach } from '../../src/machines/incus/reach.ts'
import { boxOver } from '../../src/machines/incus/ssh-box.ts'
import { openConnection } from '../../src/transports/ssh/open.ts'
import { eventually, PrivateSshd } from '../fixture/private-sshd.ts'

const { signal } = new AbortController()
const directory = mkdtempSync(join(tmpdir(), 'box-'))
const at = (name: string) => join(directory, name)
const sshd = new PrivateSshd()
let engine: FakeEngine
let far: Box
beforeAll(async () => {
  await sshd.start()
  far = boxOver(await openConnection(sshd.target(), { alias: 'far', signal }), 'the box far')
  engine = await fakeEngine((call) =>
    call === 'GET /1.0' ? { environment: { server_version: '6.0.4' } } : undefined,
  )
})
afterAll(async () => {
  await far[Symbol.asyncDispose]()
  await engine[Symbol.asyncDispose]()
  await sshd[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true })
})

describe.each([
  ['this box', () => localBox],
  ['a box reached by SSH', () => far],
])('%s', (name, boxOf) => {
  const place = (file: string) => at(`${name} '${file}' $HOME`)

  test('keeps files as they are written', async () => {
    const box = boxOf()
    const file = place('file')
    expect(await box.read(file)).toBeUndefined()
    const text = 'a\\n %s "quoted" \'$HOME\' ä\n\n'
    await box.replace(file, text)
    expect(await box.read(file)).toBe(text)
    await box.append(file, 'more')
    expect(readFileSync(file, 'utf8')).toBe(`${text}more`)
    await box.write(file, '')
    expect([await box.read(file), await box.exists(file), existsSync(`${file}.new`)]).toEqual([
      '',
      true,
      false,
    ])
    await box.remove(file)
    await box.remove(file)
    expect(await box.exists(file)).toBe(false)
  })

  test('makes directories, lists them, and removes one that is empty', async () => {
    const box = boxOf()
    const parent = place('directory')
    await box.makeDirectory(join(parent, 'own'), 0o711)
    expect(statSync(join(parent, 'own')).mode & 0o777).toBe(0o711)
    writeFileSync(join(parent, '.hidden'), '')
    expect([...(await box.list(parent))].sort()).toEqual(['.hidden', 'own'])
    await box.removeEmpty(parent)
    await box.removeEmpty(join(parent, 'own'))
    expect(await box.list(parent)).toEqual(['.hidden'])
    expect(await box.list(join(parent, 'none'))).toEqual([])
    const temporary = await box.makeTemporary(join(parent, 'of-'))
    expect(temporary).toMatch(/\/of-\w{6}$/)
    await box.remove(parent)
    expect(existsSync(parent)).toBe(false)
  })

  test('runs a program to its end, and says why when that is not well', async () => {
    const box = boxOf()
    mkdirSync(place('here'), { recursive: true })
    const options = { seconds: 10, cwd: place('here'), env: { WORD: 'a b' } }
    expect(await box.run('sh', ['-c', 'pwd; echo "$WORD" "$DEBIAN_FRONTEND"'], options)).toBe(
      `${place('here')}\na b noninteractive`,
    )
    expect(await box.run('cat', [], { seconds: 10, input: 'fed\n' })).toBe('fed')
    const failing = box.run('sh', ['-c', 'echo no >&2; exit 3'], { seconds: 10, what: 'work', hint: 'try' })
    await expect(failing).rejects.toMatchObject({ message: 'work failed: exit 3\n  no', hint: 'try' })
    await expect(box.run('copse-no-such', [], { seconds: 10 })).rejects.toThrow('it is not installed')
    await expect(box.run('sleep', ['60'], { seconds: 1 })).rejects.toThrow('it took more than 1 s')
  })

  test('ends a program, with what that started, when it is interrupted', async () => {
    const pidFile = place('pid')
    // Here it is for whoever needs it to fence what a program starts.
    const sleeping = boxOf().isHere ? 'echo $$' : 'sleep 300 & echo $!'
    const script = `${sleeping} >'${pidFile.replaceAll("'", `'\\''`)}'; ${boxOf().isHere ? 'exec sleep 300' : 'wait'}`
    const interrupt = new AbortController()
    const running = boxOf().run('sh', ['-c', script], { seconds: 60, signal: interrupt.signal, what: 'it' })
    running.catch(() => undefined)
    const hasBegun = () => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== ''
    expect(await eventually(hasBegun, 30_000)).toBe(true)
    interrupt.abort()
    await expect(running).rejects.toMatchObject({ code: 'interrupted' })
    const pid = Number(readFileSync(pidFile, 'utf8'))
    expect(await eventually(() => !existsSync(`/proc/${pid}`), 5000)).toBe(true)
  })

  test('lets one at a time change it', async () => {
    const subject = { product: lxdProduct, directory: place('engine'), box: boxOf() }
    const first = await lockBox(subject, signal)
    let isHeld = false
    const second = lockBox(subject, signal).then((lock) => {
      isHeld = true
      return lock
    })
    await expect(lockBox(subject, AbortSignal.timeout(300))).rejects.toMatchObject({ code: 'interrupted' })
    expect(isHeld).toBe(false)
    await first[Symbol.asyncDispose]()
    await (await second)[Symbol.asyncDispose]()
  })

  test('starts what outlives the call, and tells it that the power fails', async () => {
    const box = boxOf()
    const log = place('log')
    const script = 'trap "echo fails; exit" PWR; env; echo started; while :; do sleep 0.1; done'
    const pid = await box.startDaemon({
      file: '/bin/sh',
      args: ['-c', script],
      env: { PATH: '/bin', A: '1' },
      log,
    })
    const daemon = await identify(box, pid)
    await eventually(() => readFileSync(log, 'utf8').includes('started'), 5000)
    expect(daemon && (await isAlive(box, daemon))).toBe(true)
    expect(readFileSync(log, 'utf8')).toMatch(/^A=1$/m)
    expect(readFileSync(log, 'utf8')).not.toMatch(/^HOME=/m)
    await box.powerFail(pid)
    expect(await eventually(() => readFileSync(log, 'utf8').includes('fails'), 5000)).toBe(true)
  })

  test('tells of itself: programs, room, addresses', async () => {
    const box = boxOf()
    expect(await box.missing(['sh', 'copse-no-such'])).toEqual(['copse-no-such'])
    const here = await localBox.room(directory)
    const room = await box.room(directory)
    expect(room.isBtrfs).toBe(here.isBtrfs)
    expect(room.freeBytes / here.freeBytes).toBeCloseTo(1, 1)
    expect(await box.addresses()).toEqual(expect.arrayContaining([...(await localBox.addresses())]))
    expect(await box.greets('127.77.40.2', 1)).toBe(false)
  })

  test('waits as long as it is told for a server that greets late', async () => {
    const address = '127.77.40.3'
    const late = createServer((socket) => {
      socket.on('error', () => undefined)
      setTimeout(() => socket.write('SSH-2.0-late\r\n'), 1500)
    })
    await once(late.listen(22, address), 'listening')
    try {
      expect(await boxOf().greets(address, 1)).toBe(false)
      expect(await boxOf().greets(address, 20)).toBe(true)
    } finally {
      late.close()
    }
  })

  test('has its engine asked through its socket', async () => {
    const box = { ...boxOf(), variables: { LXD_DIR: engine.engine.directory } }
    expect(await reach(box, signal)).toMatchObject({ state: 'answers', version: '6.0.4' })
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => reach(box, signal).then(({ state }) => state)),
    )
    expect(new Set(answers)).toEqual(new Set(['answers']))
    const none = { ...boxOf(), variables: { LXD_DIR: place('nowhere') } }
    expect(await reach(none, signal)).toMatchObject({ state: 'down' })
  })

  test('has an engine that ended said to be down, also when it answered before', async () => {
    const own = await fakeEngine(() => ({ environment: { server_version: '6.0.4' } }))
    const client = connect({ ...own.engine, box: boxOf() }, signal)
    await client.change({ method: 'PUT', path: '/1.0', what: 'try' })
    await own[Symbol.asyncDispose]()
    await sleep(10)
    const again = client.change({ method: 'PUT', path: '/1.0', what: 'try' })
    await expect(again).rejects.toMatchObject({ reason: 'down' })
  })
})

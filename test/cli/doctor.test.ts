import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boxName, readBox } from '../../src/machines/incus/box-journal.ts'
import { type FakeEngine, fakeEngine } from '../../src/machines/incus/fake-engine.ts'
import { Copse, endOf, runHere } from './copse.ts'

const copse = new Copse()
const place = (name: string) => join(copse.directory, name)
let engine: FakeEngine

beforeAll(async () => {
  engine = await fakeEngine((call) => {
    if (call === 'GET /1.0') return { environment: { server_version: '5.0.2' } }
    return call.startsWith('GET /1.0/instances?') ? [] : undefined
  })
  await runHere(['init', place('demo')])
  mkdirSync(place('sysctl.d'))
  writeFileSync(place('limit'), '15\n')
  writeFileSync(place('subuid'), 'ana:100000:65536\n')
  writeFileSync(place('subgid'), 'root:1000000:65536\n')
})

afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  rmSync(`/run/copse-${boxName(engine.engine)}.lock`, { force: true })
  copse[Symbol.dispose]()
})

/** Files of the test's own stand where those of the box are, for this command alone. */
const mounts = [
  ['limit', '/proc/sys/fs/inotify/max_user_instances'],
  ['sysctl.d', '/etc/sysctl.d'],
  ['subuid', '/etc/subuid'],
  ['subgid', '/etc/subgid'],
].map(([name = '', over]) => `mount --bind ${place(name)} ${over}`)

async function doctor(...flags: readonly string[]) {
  const line = copse.line(['-C', place('demo'), 'doctor', 'dev', '--json', ...flags])
  const script = ['set -e', 'mount --make-rprivate /', ...mounts, line].join('\n')
  const env = { PATH: process.env.PATH, HOME: place('home'), LXD_DIR: engine.engine.directory }
  const { stdout, stderr } = await endOf(execFile('unshare', ['-m', 'sh', '-c', script], { env }))
  const { findings, mended } = JSON.parse(stdout)
  const checked = (name: string) => findings.find(({ check }: { check: string }) => check === `dev: ${name}`)
  return { ids: checked('ids'), inotify: checked('inotify'), mended, stderr }
}

const isRoot = process.getuid?.() === 0

test.runIf(isRoot)(
  'doctor mends ids and inotify when it is asked to, and the journal of the box knows it',
  async () => {
    const before = await doctor()
    expect(before).toMatchObject({ ids: { ok: false }, inotify: { ok: false } })
    expect(before.ids.fix).toBe(
      'copse doctor dev --fix; LXD reads the ranges when it starts: systemctl restart lxd.service',
    )
    expect([readFileSync(place('limit'), 'utf8'), (await readBox(engine.engine)).lines]).toEqual(['15\n', []])

    const { ids, inotify, mended, stderr } = await doctor('--fix')
    expect([ids.ok, inotify.ok]).toEqual([true, true])
    expect(mended).toEqual([
      'gives root a range of ids in /etc/subuid',
      'LXD reads the ranges when it starts: systemctl restart lxd.service',
      'sets the limit of inotify instances to 40, now and at boot',
    ])
    expect(stderr).toBe(mended.map((line: string) => `${line}\n`).join(''))

    const setting = 'fs.inotify.max_user_instances = 40'
    expect(readFileSync(place('limit'), 'utf8')).toBe('40\n')
    expect(readFileSync(place('sysctl.d/60-copse.conf'), 'utf8')).toBe(`${setting}\n`)
    expect(readFileSync(place('subgid'), 'utf8')).toBe('root:1000000:65536\n')
    const range = /^root:.*$/m.exec(readFileSync(place('subuid'), 'utf8'))?.[0]
    const { lines } = await readBox(engine.engine)
    expect(lines).toEqual([`/etc/subuid ${range}`, `/etc/sysctl.d/60-copse.conf ${setting}`])
  },
)

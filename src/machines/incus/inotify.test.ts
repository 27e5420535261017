import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readBox } from './box-journal.ts'
import { lxdProduct } from './engine.ts'
import { inotifyDetail, raiseInotifyLimit, restoreInotifyLimit } from './inotify.ts'
import { removeLines } from './lines.ts'
import { localBox } from './local-box.ts'

test('a limit that is too low says what to type', () => {
  expect(inotifyDetail(128, 12, 'dev')).toBe('128 inotify instances; 12 machines take about 120')
  expect(() => inotifyDetail(128, 13, 'dev')).toThrow(
    expect.objectContaining({
      message: '128 inotify instances; 13 machines take about 130',
      hint: 'copse doctor dev --fix; or until the next boot: sysctl -w fs.inotify.max_user_instances=260',
    }),
  )
})

test('the limit is raised now and for every boot, and the journal of the box knows it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'inotify-'))
  await using _directory = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
  const engine = { box: localBox, product: lxdProduct, directory }
  const places = { now: join(directory, 'now'), atBoot: join(directory, 'copse.conf') }
  await raiseInotifyLimit(engine, 260, places)
  expect(await readFile(places.now, 'utf8')).toBe('260\n')
  expect(await readFile(places.atBoot, 'utf8')).toBe('fs.inotify.max_user_instances = 260\n')
  expect((await readBox(engine)).lines).toEqual([`${places.atBoot} fs.inotify.max_user_instances = 260`])
  const dead = { ...places, now: join(directory, 'none', 'now') }
  await expect(raiseInotifyLimit(engine, 300, dead)).rejects.toThrow('does not let this box set')
})

test('the limit is put back as it was, unless another engine needs it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'inotify-'))
  await using _directory = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
  const engine = { box: localBox, product: lxdProduct, directory }
  const places = { now: join(directory, 'now'), atBoot: join(directory, 'copse.conf') }
  await writeFile(places.now, '128\n')
  for (const limit of [260, 280]) await raiseInotifyLimit(engine, limit, places)
  await removeLines(engine)
  await restoreInotifyLimit(engine, places)
  expect(await readFile(places.now, 'utf8')).toBe('128\n')
  await raiseInotifyLimit(engine, 300, places)
  await removeLines(engine)
  await writeFile(places.atBoot, 'fs.inotify.max_user_instances = 400\n')
  await restoreInotifyLimit(engine, places)
  expect(await readFile(places.now, 'utf8')).toBe('300\n')
  expect(await readBox(engine)).toEqual({ version: 1, engine: directory, packages: [], lines: [] })
})

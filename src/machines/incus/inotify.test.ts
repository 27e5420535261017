import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readBox } from './box-journal.ts'
import { lxdProduct } from './engine.ts'
import { inotifyDetail, raiseInotifyLimit } from './inotify.ts'
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

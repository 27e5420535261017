/** The program that keeps the records of releases. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'

const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(64))
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copse-records-'))
  for (const name of ['files', 'builds', 'reports', 'releases']) mkdirSync(join(directory, name))
  const program = readFileSync(new URL('./host/records.pl', import.meta.url), 'utf8')
  writeFileSync(join(directory, 'records'), program.replaceAll('/srv/artifacts', directory))
  for (const artifact of [one, two, three]) writeFileSync(join(directory, `files/${artifact}.layers`), '')
})

afterEach(() => rmSync(directory, { recursive: true }))

const records = (...words: readonly string[]) => execa('perl', [join(directory, 'records'), ...words])

async function list(...words: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { stdout } = await records('list', ...words)
  return stdout === '' ? [] : stdout.split('\n').map((line) => line.split('\t'))
}

const seconds = expect.stringMatching(/^[1-9]\d{9}$/)

test('releases are listed with when they were made, proven and chosen', async () => {
  expect(await list()).toEqual([])
  await records('add', 'www', '9', `${one}`, 'c1', 'abc123+')
  await records('add', 'www', '10', `${two}`, 'c2', '-')
  await records('add', 'repo', '11', `${three}`, 'c3', 'def')
  await records('good', 'www', '9')
  await records('present', 'www', '10')
  expect(await list()).toEqual([
    ['repo', '11', three, 'c3', 'def', seconds, '0', '0'],
    ['www', '9', one, 'c1', 'abc123+', seconds, seconds, '0'],
    ['www', '10', two, 'c2', '-', seconds, '0', seconds],
  ])
  expect(await list('repo')).toHaveLength(1)
})

test('a number is one release for ever, and one of an artifact that is there', async () => {
  await records('add', 'www', '1', `${one}`, 'c', 'a')
  await records('add', 'www', '1', `${one}`, 'c', 'a')
  await expect(records('add', 'www', '1', `${two}`, 'c', 'a')).rejects.toThrow('release 1 of www is another')
  await expect(records('add', 'www', '2', 'f'.repeat(64), 'c', 'a')).rejects.toThrow('there is no artifact f')
  await expect(records('good', 'www', '3')).rejects.toThrow('there is no release 3 of www')
  await expect(records('present', '../x', '3')).rejects.toThrow('no name of an app: ../x')
})

test('the newest fifty stay, the one that is to run, and the last that was good', async () => {
  const folder = join(directory, 'releases/www')
  mkdirSync(folder)
  for (let number = 1; number <= 55; number++)
    writeFileSync(join(folder, `${number}`), `artifact=${one}\nconfig=c\ncommit=a\nmade=1\n`)
  for (const number of ['1', '3']) await records('good', 'www', number)
  await records('present', 'www', '2')
  await records('add', 'www', '56', `${two}`, 'c', 'a')
  const newest = Array.from({ length: 50 }, (_, index) => `${index + 7}`)
  expect((await list('www')).map(([, number]) => number)).toEqual(['2', '3', ...newest])
})

test('artifacts that no release names go when nobody asked for them in 30 days, and what tells of them', async () => {
  await records('add', 'www', '1', `${one}`, 'c', 'a')
  const old = Date.now() / 1000 - 31 * 24 * 3600
  for (const artifact of [one, two]) utimesSync(join(directory, `files/${artifact}.layers`), old, old)
  for (const [key, artifact] of Object.entries({ a: one, b: two, c: three }))
    writeFileSync(join(directory, `builds/${key}`), `${artifact}\n`)
  for (const name of ['old.xml', 'new.xml']) writeFileSync(join(directory, `reports/${name}`), '')
  utimesSync(join(directory, 'reports/old.xml'), old, old)
  await records('prune')
  expect(readdirSync(join(directory, 'files'))).toEqual([`${one}.layers`, `${three}.layers`])
  expect(readdirSync(join(directory, 'builds'))).toEqual(['a', 'c'])
  expect(readdirSync(join(directory, 'reports'))).toEqual(['new.xml'])
})

test('layers go once no artifact is made of them, but not those that a build has just packed', async () => {
  const old = Date.now() / 1000 - 31 * 24 * 3600
  const [used, unused, fresh] = ['a', 'b', 'c'].map((digit) => digit.repeat(64))
  writeFileSync(join(directory, `files/${one}.layers`), `${used} .\n`)
  for (const layer of [used, unused, fresh]) writeFileSync(join(directory, `files/${layer}.tar.zst`), '')
  for (const layer of [used, unused]) utimesSync(join(directory, `files/${layer}.tar.zst`), old, old)
  await records('prune')
  const left = readdirSync(join(directory, 'files')).filter((name) => name.endsWith('.zst'))
  expect(left).toEqual([`${used}.tar.zst`, `${fresh}.tar.zst`])
})

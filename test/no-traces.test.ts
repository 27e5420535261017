/** Nothing committed names the machine or the registries that it was made with. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
const files = listed
  .split('\0')
  .filter((path) => path !== '')
  .map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }))
const naming = (pattern: RegExp, among = files) =>
  among.filter(({ text }) => pattern.test(text)).map(({ path }) => path)

test('lock files say what, not where from', () => {
  const locks = files.filter(({ path }) => path.endsWith('package-lock.json'))
  expect(locks.length).toBeGreaterThan(0)
  expect(naming(/"resolved"|https?:\/\/[^"]*registry/, locks)).toEqual([])
})

test('no file names the checkout that it was written in', () => {
  const here = root.replace(/\/$/, '')
  expect(files.filter(({ text }) => text.includes(`${here}/`)).map(({ path }) => path)).toEqual([])
})

test('nothing is left to do without an issue', () => {
  const marks = ['TO' + 'DO', 'FIX' + 'ME'].join('|')
  expect(naming(new RegExp(`\\b(${marks})\\b(?!.*#\\d)`))).toEqual([])
})

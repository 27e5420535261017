/** Nothing in the repository tells on which machine, or through which registry, it was made. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'

const root = new URL('../', import.meta.url).pathname
const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
})
const files = [...new Set(listed.toString().split('\0'))].flatMap((path) => {
  // This file names what it looks for.
  if (path === '' || path === 'test/no-traces.test.ts') return []
  try {
    return [{ path, text: readFileSync(root + path, 'utf8') }]
  } catch {
    // It is listed, and deleted in the working tree.
    return []
  }
})

/** `path:line text` of each line that matches. */
function hits(pattern: RegExp, among = files): readonly string[] {
  return among.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  )
}

const words = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

test('no file names a registry, and none but tests a mirror', () => {
  expect(files.length).toBeGreaterThan(100)
  expect(hits(/registry\.npmjs\.org|registry\.yarnpkg/)).toEqual([])
  const shipped = files.filter(({ path }) => !/^test\/.*\.ts$|\.test\.ts$/.test(path))
  expect(hits(/\b(deb|security)\.debian\.org/, shipped)).toEqual([])
})

test('the lock files say what to install, not from where', () => {
  const locks = files.filter(({ path }) => path.endsWith('package-lock.json'))
  expect(locks.map(({ path }) => path)).toEqual([
    'examples/office/apps/repo/package-lock.json',
    'examples/office/apps/www/package-lock.json',
    'package-lock.json',
    'script/node/linux-arm64/package-lock.json',
    'script/node/linux-x64/package-lock.json',
  ])
  expect(hits(/"resolved"/, locks)).toEqual([])
})

test('no file names this checkout or this machine', () => {
  expect(hits(new RegExp(words(root)))).toEqual([])
  // A machine called localhost would be in many places.
  if (hostname().length > 9) expect(hits(new RegExp(`\\b${words(hostname())}\\b`))).toEqual([])
})

test('documents and recordings hold no path of anybody', () => {
  const shown = files.filter(({ path }) => /\.(md|snap|json|jsonl|txt)$/.test(path))
  expect(hits(/\/(home\/(?!ops\b)[a-z]|work\/|Users\/)/, shown)).toEqual([])
})

test('what is left to do has an issue', () => {
  expect(hits(/\b(TODO|FIXME|XXX)\b(?!.*#\d)/)).toEqual([])
})

test('no test is left out or run alone', () => {
  expect(hits(/\b(test|it|describe)\.(only|skip|todo)\(/)).toEqual([])
})

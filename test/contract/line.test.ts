/** Lines in files on a real disk: the rest of the file is nobody's business. */
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type LineOptions, line } from '../../src/resources/line.ts'
import { isRoot, LocalHost } from './local.ts'

/** A host with one file, which may not be there. */
function place(content?: string) {
  const host = new LocalHost()
  const path = join(host.root, 'lines')
  if (content !== undefined) writeFileSync(path, content)
  return {
    host,
    path,
    /** Applies a line and answers with the whole file. */
    with(text: string, options?: LineOptions): string {
      host.apply(line(path, text, options))
      expect(host.diff(line(path, text, options))).toBeUndefined()
      return readFileSync(path, 'utf8')
    },
    without(text: string): string | undefined {
      host.remove(line(path, text))
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined
    },
    [Symbol.dispose]: () => host[Symbol.dispose](),
  }
}

describe.skipIf(!isRoot)('a line in a file', () => {
  test.each([
    ['is added at the end', 'a\nb\n', 'x', undefined, 'a\nb\nx\n'],
    ['is added after a last line without an end', 'a\nb', 'x', undefined, 'a\nb\nx\n'],
    ['is added to an empty file', '', 'x', undefined, 'x\n'],
    ['is left once when it is there several times', 'x\na\nx\nx\n', 'x', undefined, 'x\na\n'],
    ['is no part of a longer line', 'xx\n x\nx \n', 'x', undefined, 'xx\n x\nx \nx\n'],
    [
      'takes the place of the first line that it replaces',
      'a\nk=1\nb\n#k=2\n',
      'k=3',
      '^#?k=',
      'a\nk=3\nb\n',
    ],
    ['stays where it is when a later line is replaced', 'k=3\nb\nk=1\n', 'k=3', '^k=', 'k=3\nb\n'],
    [
      'need not be like what it replaces',
      'old\n',
      '-e $(id) \\1 &',
      '^o{1}l[[:alpha:]]$',
      '-e $(id) \\1 &\n',
    ],
    ['leaves bytes that are no text alone', 'a\0b\n\u0001\n', 'x', undefined, 'a\0b\n\u0001\nx\n'],
  ])('%s', (_what, before, text, match, after) => {
    using at = place(before)
    expect(at.with(text, match === undefined ? {} : { match })).toBe(after)
  })

  test('says what it replaces', () => {
    using at = place('k=1\nk=3\nk=3\n%k=\t2\n')
    const change = at.host.diff(line(at.path, 'k=3', { match: 'k=' }))
    expect(change).toEqual({ action: 'update', why: ['replaces k=1', 'replaces %k=\t2', 'is there 2 times'] })
  })

  test('leaves owner and mode of the file as they are', () => {
    using at = place('a\n')
    chownSync(at.path, 65534, 1)
    chmodSync(at.path, 0o640)
    at.with('x', { owner: 'root', mode: 0o600 })
    at.without('x')
    expect(statSync(at.path)).toMatchObject({ uid: 65534, gid: 1, mode: 0o100640 })
    expect(readdirSync(at.host.root)).toEqual(['lines'])
  })

  test('makes the file where there is none, and takes it away with its last line', () => {
    using at = place()
    expect(at.with('x', { group: 'daemon', mode: 0o600 })).toBe('x\n')
    expect(statSync(at.path)).toMatchObject({ uid: 0, gid: 1, mode: 0o100600 })
    at.with('y')
    expect(at.without('x')).toBe('y\n')
    expect(at.without('y')).toBeUndefined()
  })

  test('leaves a file that was there before, though nothing is left in it', () => {
    using at = place('')
    at.with('x')
    expect(at.without('x')).toBe('')
  })

  test('is taken out alone', () => {
    using at = place('xx\nx\nX\n')
    expect(at.without('x')).toBe('xx\nX\n')
  })

  test('is not put into a file behind a link', () => {
    using at = place()
    const victim = join(at.host.root, 'victim')
    writeFileSync(victim, 'untouched\n')
    symlinkSync(victim, at.path)
    expect(() => at.with('x')).toThrow(/is not a plain file: name the file that a link points at/)
    expect(readFileSync(victim, 'utf8')).toBe('untouched\n')
  })

  test('is found among many in one look', () => {
    using at = place(Array.from({ length: 300 }, (_, index) => `key ${index}\n`).join(''))
    const wanted = Array.from({ length: 301 }, (_, index) => line(at.path, `key ${index}`))
    expect(at.host.diffAll(wanted).filter((change) => change !== undefined)).toEqual([
      { action: 'create', why: [] },
    ])
  })
})

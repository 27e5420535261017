/** The contract of kinds that stand on disk, with hostile names and values: apply, then nothing differs; remove, then it is gone. */
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Resource } from '../../src/model/resource.ts'
import { directory } from '../../src/resources/directory.ts'
import { file } from '../../src/resources/file.ts'
import { line } from '../../src/resources/line.ts'
import { link } from '../../src/resources/link.ts'
import { isRoot, LocalHost } from './local.ts'

const hostile = [
  ...['-n', '--', '$(touch pwned)', '`id`', "it's", '"', '%n%s%25', '\\n\\', ' ', '*', '~', '{{a}}', ': '],
  ...['\u00e9\ud83d\ude00', '\ufeff', '\u0085'],
]
const piece = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'grapheme', maxLength: 12 }))
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))
const oneLine = text.map((value) => value.replaceAll(/[\n\r\t\0]/g, ''))
const value = oneLine.filter((line) => line !== '')
const name = oneLine.map((line) => `${line.replaceAll('/', '').slice(0, 60).toWellFormed()}x`)
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'))
const mode = fc.integer({ min: 0, max: 0o777 })
const content = fc.oneof(text, fc.string({ unit: 'binary' }))

/** Where the thing stands is known when the test has made its directory. */
type Thing = fc.Arbitrary<(root: string) => Resource>

const things: Readonly<Record<string, Thing>> = {
  file: fc.record({ path, content, mode }).map(
    ({ path, ...options }) =>
      (root) =>
        file(join(root, path), options),
  ),
  directory: fc.record({ path, mode, exclusive: fc.boolean() }).map(
    ({ path, ...options }) =>
      (root) =>
        directory(join(root, path), options),
  ),
  link: fc.record({ path, value }).map(
    ({ path, value }) =>
      (root) =>
        link(join(root, path), value),
  ),
  line: fc.record({ path: path.filter((path) => !path.includes(': ')), value }).map(
    ({ path, value }) =>
      (root) =>
        line(join(root, path), value),
  ),
}

describe.skipIf(!isRoot)('whatever its name and values', { timeout: 60_000 }, () => {
  test.each(Object.entries(things))(
    'a %s is made once, found as wanted, and gone when removed',
    (_kind, thing) => {
      const round = fc.property(fc.array(thing, { minLength: 8, maxLength: 8 }), (makers) => {
        using host = new LocalHost()
        const resources = makers.map((make, index) => make(join(host.root, String(index))))
        expect(host.applyAll(resources).map((change) => change?.action)).toEqual(
          resources.map(() => 'create'),
        )
        expect(host.diffAll(resources)).toEqual(resources.map(() => undefined))
        expect(host.removeAll(resources)).toEqual(resources.map(() => true))
        expect(host.observe(resources).size).toBe(0)
      })
      fc.assert(round, { numRuns: 3 })
    },
  )

  test('a file with another content is changed, and shown as it was', () => {
    const contents = fc.tuple(path, text, text).filter(([, before, after]) => before !== after)
    const round = fc.property(contents, ([at, before, after]) => {
      using host = new LocalHost()
      const [old, wanted] = [before, after].map((content) => file(join(host.root, at), { content }))
      if (!old || !wanted) return
      host.apply(old)
      const isText = !before.includes('\0')
      expect(host.apply(wanted)?.diff).toEqual(isText ? { before, after } : undefined)
      expect(host.diff(wanted)).toBeUndefined()
    })
    fc.assert(round, { numRuns: 6 })
  })
})

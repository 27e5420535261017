import fc from 'fast-check'
import { parseSync } from 'oxc-parser'
import { describe, expect, test } from 'vitest'
import { locate } from './locate.ts'
import { positionOf } from './position.ts'

/** The text from where `origin` is found to be, in a source whose first `make(` is the call. */
function found(text: string, path: readonly PropertyKey[], isKey = false): string {
  const file = 'copse.config.ts'
  const { program } = parseSync(file, text)
  const call = { file, ...positionOf(text, text.indexOf('make(')) }
  const { line, column } = locate({ text, program }, { place: call, path, isKey })
  return text
    .split('\n')
    .slice(line - 1)
    .join('\n')
    .slice(column - 1)
}

const space = fc.constantFrom('', ' ', '\n', '\n  ', ' /* é😀 */ ', ' // x\n')
const value = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('list'), tie('record')),
  leaf: fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.constant(null)),
  list: fc.array(tie('any'), { minLength: 1, maxLength: 4 }),
  record: fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,5}$/), tie('any'), {
    minKeys: 1,
    maxKeys: 4,
    noNullPrototype: true,
  }),
})).any

/** Source text of a value, with the given spaces in turn between its tokens. */
function source(data: unknown, gap: () => string): string {
  if (Array.isArray(data))
    return `[${data.map((item) => gap() + source(item, gap)).join(`${gap()},`)}${gap()}]`
  if (typeof data !== 'object' || data === null) return JSON.stringify(data)
  const members = Object.entries(data).map(
    ([key, item]) => `${gap()}${JSON.stringify(key)}:${gap()}${source(item, gap)}`,
  )
  return `{${members.join(`${gap()},`)}${gap()}}`
}

function paths(data: unknown): readonly (readonly [path: readonly PropertyKey[], value: unknown])[] {
  if (typeof data !== 'object' || data === null) return [[[], data]]
  const members = Array.isArray(data) ? [...data.entries()] : Object.entries(data)
  return [
    [[], data],
    ...members.flatMap(([key, item]) => paths(item).map(([path, one]) => [[key, ...path], one] as const)),
  ]
}

test('every value of any literal is found where it begins', () => {
  fc.assert(
    fc.property(value, fc.array(space, { minLength: 1 }), (data, spaces) => {
      let turn = 0
      const text = `export default make(${source(data, () => spaces[turn++ % spaces.length] ?? '')})`
      for (const [path, one] of paths(data)) {
        const begins =
          typeof one === 'object' && one !== null ? (Array.isArray(one) ? '[' : '{') : JSON.stringify(one)
        expect(found(text, [0, ...path]).startsWith(begins), `${text} ${path.join('.')}`).toBe(true)
      }
    }),
  )
})

describe('what is not a plain literal', () => {
  test.each<[string, string, readonly PropertyKey[], string]>([
    ['types are looked through', 'make(({ a: [1, 2] as const }) satisfies X)', [0, 'a', 1], '2]'],
    ['constants are followed', 'const b = { c: 7 }\nmake({ a: b })', [0, 'a', 'c'], '7 }'],
    ['exported and shorthand constants too', 'export const a = { c: 7 }\nmake({ a })', [0, 'a', 'c'], '7 }'],
    ['a computed constant is told where it is used', 'const b = f()\nmake({ a: b })', [0, 'a'], 'b })'],
    ['a constant of itself ends somewhere', 'const a = a\nmake({ a })', [0, 'a'], 'a })'],
    ["a builder's settings are in its call", 'make({ a: existing({ port: 0 }) })', [0, 'a', 'port'], '0 })'],
    ['a computed value is told as it stands', 'make({ a: [1, f(2)] })', [0, 'a', 1], 'f(2)] })'],
    ['behind a spread only the list is known', 'make({ a: [...b, 2] })', [0, 'a', 1], '[...b, 2] })'],
    ['of two members the last holds', 'make({ a: 1, a: 2 })', [0, 'a'], '2 })'],
    ['a missing member is told at its object', 'make({ a: { b: 1 } })', [0, 'a', 'c'], '{ b: 1 } })'],
    ['an argument may be any', "make('x', 'y.z')", [1], "'y.z')"],
    ['a missing argument is told at the call', 'make()', [0, 'a'], 'make()'],
    ['a method of a module is a call too', 'x.make({ a: 1 })', [0, 'a'], '1 })'],
  ])('%s', (_title, text, path, rest) => {
    expect(found(text, path).slice(0, rest.length)).toBe(rest)
  })

  test("a setting's name is found", () => {
    expect(found("make({ a: { 'b-c': 1 } })", [0, 'a', 'b-c'], true)).toBe("'b-c': 1 } })")
    expect(found('make({ a })', [0, 'a'], true)).toBe('a })')
  })

  test('a call that is not in the file is told where it was said to be', () => {
    const { program } = parseSync('a.ts', 'f()')
    const place = { file: 'a.ts', line: 9, column: 9 }
    expect(locate({ text: 'f()', program }, { place, path: [0, 'a'] })).toEqual(place)
  })
})

/** Files and functions stay small; what outgrows these bounds asks for a split. */
import { globSync, readFileSync } from 'node:fs'
import { parseSync, Visitor } from 'oxc-parser'
import { expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const files = globSync('src/**/*.ts', { cwd: root })
  .filter((path) => !path.endsWith('.test.ts'))
  .map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }))

interface Sized {
  readonly name: string
  readonly size: number
}

const at = (sizes: readonly Sized[], part: number) =>
  sizes.map(({ size }) => size).sort((a, b) => a - b)[Math.floor(sizes.length * part)] ?? 0
const above = (sizes: readonly Sized[], most: number) => sizes.filter(({ size }) => size > most)

test('files: median at most 80 lines, nine in ten at most 200, none above 300', () => {
  const sizes = files.map(({ path, text }) => ({ name: path, size: text.split('\n').length - 1 }))
  expect(sizes.length).toBeGreaterThan(100)
  expect(above(sizes, 300)).toEqual([])
  expect(at(sizes, 0.9)).toBeLessThanOrEqual(200)
  expect(at(sizes, 0.5)).toBeLessThanOrEqual(80)
})

test('functions: median at most 12 lines, nine in ten at most 30, none above 60', () => {
  const sizes = files.flatMap(functionsOf)
  expect(sizes.length).toBeGreaterThan(500)
  expect(above(sizes, 60)).toEqual([])
  expect(at(sizes, 0.9)).toBeLessThanOrEqual(30)
  expect(at(sizes, 0.5)).toBeLessThanOrEqual(12)
})

test('a file begins by saying in one sentence what it is', () => {
  expect(files.filter(({ text }) => !/^(#!.*\n)?\/\*\*/.test(text)).map(({ path }) => path)).toEqual([])
})

function functionsOf({ path, text }: (typeof files)[number]): readonly Sized[] {
  const sizes: Sized[] = []
  const measure = ({ start, end }: { readonly start: number; readonly end: number }) => {
    const line = text.slice(0, start).split('\n').length
    sizes.push({ name: `${path}:${line}`, size: text.slice(start, end).split('\n').length })
  }
  new Visitor({
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  }).visit(parseSync(path, text).program)
  return sizes
}

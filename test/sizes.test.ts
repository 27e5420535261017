/** How large files and functions may be, with the names of those that are larger. */
import { expect, test } from 'vitest'
import { lineOf, type SourceFile, type SyntaxNode, sourceFiles } from './source-files.ts'

const source = sourceFiles('src/**/*.ts', /\.test\.ts$/)
const support = sourceFiles('{test,examples,script}/**/*.ts', /\.test\.ts$/)
const all = [...source, ...support, ...sourceFiles('{src,test}/**/*.test.ts')]
const isFunction = ({ type }: SyntaxNode) =>
  ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(type)

interface Measured {
  readonly name: string
  readonly size: number
}

const files = source.map(({ path, text }) => ({ name: path, size: text.trimEnd().split('\n').length }))
const functions = source.flatMap((file) => file.nodes.filter(isFunction).map((node) => measure(file, node)))

test('no file has more than 300 lines', () => {
  const sizes = all.map(({ path, text }) => ({ name: path, size: text.trimEnd().split('\n').length }))
  expect(above(sizes, 300)).toEqual([])
})

test('half of the files have at most 80 lines, nine in ten at most 200', () => {
  expect(quantile(files, 0.5), above(files, 150).join('\n')).toBeLessThanOrEqual(80)
  expect(quantile(files, 0.9), above(files, 200).join('\n')).toBeLessThanOrEqual(200)
})

test('no function has more than 60 lines', () => {
  expect(above(functions, 60)).toEqual([])
})

test('half of the functions have at most 12 lines, nine in ten at most 30', () => {
  expect(quantile(functions, 0.5), above(functions, 30).join('\n')).toBeLessThanOrEqual(12)
  expect(quantile(functions, 0.9), above(functions, 30).join('\n')).toBeLessThanOrEqual(30)
})

test('a function has at most three parameters', () => {
  const offenders = source.flatMap(({ path, text, nodes }) =>
    nodes
      .filter((node) => isFunction(node) && Array.isArray(node.params) && node.params.length > 3)
      .map(({ start }) => `${path}:${lineOf(text, start)}`),
  )
  expect(offenders).toEqual([])
})

test('a file begins with one sentence about itself and is named for what it holds', () => {
  const offenders = [...source, ...support]
    .filter(({ text }) => !text.startsWith('/**'))
    .map(({ path }) => path)
  const vague = all
    .filter(({ path }) => /(utils?|helpers?|common|misc)\.ts$/.test(path))
    .map(({ path }) => path)
  expect([...offenders, ...vague]).toEqual([])
})

function measure({ path, text }: SourceFile, { start, end }: SyntaxNode): Measured {
  const line = lineOf(text, start)
  return { name: `${path}:${line}`, size: lineOf(text, end) - line + 1 }
}

function above(measured: readonly Measured[], limit: number): readonly string[] {
  const offenders = measured.filter(({ size }) => size > limit).sort((a, b) => b.size - a.size)
  return offenders.map(({ name, size }) => `${name} has ${size} lines`)
}

function quantile(measured: readonly Measured[], share: number): number {
  const sizes = measured.map(({ size }) => size).sort((a, b) => a - b)
  return sizes[Math.ceil(sizes.length * share) - 1] ?? 0
}

/** Hundreds of spoiled configs: each is refused with places and without a stack trace; none passes unseen. */
import { parseSync, Visitor } from 'oxc-parser'
import { afterAll, expect, test } from 'vitest'
import { Configs, linesOf, officeText } from '../../test/fixture/configs.ts'

const configs = new Configs()
afterAll(() => configs[Symbol.asyncDispose]())

/** A piece of the office's text. */
interface Span {
  readonly start: number
  readonly end: number
}

const strings: Span[] = []
const numbers: Span[] = []
const properties: (Span & { readonly name: string })[] = []
new Visitor({
  Literal({ value, start, end }) {
    if (typeof value === 'string') strings.push({ start, end })
    if (typeof value === 'number') numbers.push({ start, end })
  },
  Property({ key, start, end }) {
    if (key.type === 'Identifier') properties.push({ start, end, name: key.name })
  },
}).visit(parseSync('copse.config.ts', officeText).program)

/** Texts that no name, address or path of the office may be. */
const hostile = [
  "''",
  "'a\\nb'",
  "'a\\0'",
  "'$(id)'",
  "'-x'",
  "'../x'",
  "'a'.repeat(65536)",
  "'\\ud800'",
  "'\\x1b[31m'",
  'null',
  '7.5',
  '{}',
  '() => 1',
  'Symbol()',
]
const wrongNumbers = ['-1', '0.5', 'NaN', '1e9', '"7"', 'null', '{}', '[]', '1n', 'undefined']
const required = ['name', 'environments', 'hosts', 'machines', 'subnet', 'domain', 'at', 'roles', 'box']

const replaced = ({ start, end }: Span, text: string) =>
  officeText.slice(0, start) + text + officeText.slice(end)
const body = officeText.indexOf('export default')

const mutants: readonly (readonly [string, string])[] = [
  ...strings
    .filter(({ start }) => start > body)
    .flatMap((span, index) =>
      hostile
        .filter((text) => text !== "''" || officeText.slice(span.start, span.end) !== "'dev'")
        .map((text) => [`string ${index}: ${text}`, replaced(span, text)] as const),
    ),
  ...numbers.flatMap((span, index) =>
    wrongNumbers.map((text) => [`number ${index}: ${text}`, replaced(span, text)] as const),
  ),
  ...properties.map(
    (span) => [`${span.name} misspelt`, replaced({ ...span, end: span.start }, 'X_')] as const,
  ),
  ...properties
    .filter(({ name }) => required.includes(name))
    .map((span) => [`without ${span.name}`, replaced({ ...span, end: span.end + 1 }, '')] as const),
  ...[...officeText.matchAll(/[{}()[\]']/g)].map(
    ({ index }) => [`cut at ${index}`, replaced({ start: index, end: index + 1 }, '')] as const,
  ),
]

test(`each of ${mutants.length} mutants is refused with a place`, { timeout: 120_000 }, async () => {
  expect(mutants.length).toBeGreaterThan(300)
  const surprises: string[] = []
  const times: number[] = []
  for (const [title, text] of mutants) {
    const start = performance.now()
    const reply = await configs.evaluate(text)
    times.push(performance.now() - start)
    const lines = linesOf(reply)
    if ('desired' in reply) surprises.push(`${title} was accepted`)
    surprises.push(...lines.filter((line) => !isClean(line)).map((line) => `${title}: ${line}`))
  }
  expect(surprises).toEqual([])
  // The box may be busy for a moment; half of them must be far below.
  expect(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]).toBeLessThan(500)
})

/** One line with a place, of a length that is read; nothing of JavaScript's own. */
function isClean(line: string): boolean {
  const noise = / at .*:\d+:\d+\)|node:internal|TypeError|RangeError|undefined /
  return /^\d+:\d+ [^\p{Cc}]+$/u.test(line) && line.length < 900 && !noise.test(line)
}

test('the office itself is accepted', async () => {
  expect(linesOf(await configs.evaluate(officeText))).toEqual([])
})

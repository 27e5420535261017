import { expect, test } from 'vitest'
import { fillTemplate } from './template.ts'

const fill = (text: string, values: Record<string, string | number> = {}) =>
  fillTemplate({ file: 'x.tmpl', text, values })

test('every placeholder gets its value, as it is', () => {
  const values = { name: '$& {{port}}', port: 80 }
  expect(fill('{{name}}:{{ port }} {{port}}\n', values)).toEqual({
    text: '$& {{port}}:80 80\n',
    problems: [],
  })
})

test('a placeholder without a value is named with its line and what there is instead', () => {
  expect(fill('a\n{{nmae}}\n{{name}}', { name: 'x' }).problems).toEqual([
    'x.tmpl:2: {{nmae}} has no value; there are name',
  ])
})

test('what objects have by themselves is no value', () => {
  expect(fill('{{constructor}} {{__proto__}}').problems).toHaveLength(2)
})

test('a value that no placeholder uses is named', () => {
  expect(fill('a', { port: 80 }).problems).toEqual(['x.tmpl does not use {{port}}'])
})

test('braces of other languages in one line are taken for placeholders rather than passed over', () => {
  expect(fill('{{ .Name }} {{}}').problems).toHaveLength(2)
  expect(fill('{ {x} } {{\n}}')).toEqual({ text: '{ {x} } {{\n}}', problems: [] })
})

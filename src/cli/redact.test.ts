import { expect, test } from 'vitest'
import { file } from '../resources/file.ts'
import { secret, secretText } from '../resources/secret-text.ts'
import { redactedJson } from './redact.ts'

test('what a secret holds is left out, at any depth, and nothing else', () => {
  const value = {
    resources: [
      { path: '/a', content: 'hush', secret: true },
      { path: '/b', template: { values: { password: 'hush' } }, secret: true },
      { path: '/c', content: 'open', secret: false },
    ],
  }
  expect(JSON.parse(redactedJson(value))).toEqual({
    resources: [
      { path: '/a', content: '[secret]', secret: true },
      { path: '/b', template: '[secret]', secret: true },
      { path: '/c', content: 'open', secret: false },
    ],
  })
})

test('of a text with secrets only their names are shown', () => {
  const { spec } = file('/a', { content: secretText`user=x key=${secret('app-key')}` })
  expect(JSON.parse(redactedJson(spec))).toMatchObject({ content: '[secret: app-key]', path: '/a' })
})

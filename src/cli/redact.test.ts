import { expect, test } from 'vitest'
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

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { commonVariables, readSettings, SettingsError } from './settings.ts'

const schema = z.object(commonVariables)
const least = { HOST: '127.0.0.1', PORT: '8080' }

test('what is optional may be left out or empty', () => {
  const settings = { HOST: '127.0.0.1', PORT: 8080, DRAIN_MS: 1500 }
  assert.deepEqual(readSettings(schema, least), settings)
  assert.deepEqual(readSettings(schema, { ...least, STATSD: '', RELEASE: '', DRAIN_MS: '' }), settings)
})

test('other variables of the environment do not matter', () => {
  assert.equal(readSettings(schema, { ...least, PATH: '/bin' }).PORT, 8080)
})

const wrong: readonly [variable: string, value: string][] = [
  ['HOST', 'two words'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80a'],
  ['STATSD', 'localhost'],
  ['STATSD', '::1:8125:'],
  ['RELEASE', 'a\r\nb'],
  ['DRAIN_MS', '7001'],
]

for (const [variable, value] of wrong)
  test(`${variable} may not be ${JSON.stringify(value)}, and the message does not repeat it`, () => {
    assert.throws(
      () => readSettings(schema, { ...least, [variable]: value }),
      (error: unknown) =>
        error instanceof SettingsError &&
        new RegExp(`^${variable} must be `).test(error.message) &&
        !error.message.includes(value),
    )
  })

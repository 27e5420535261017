import { expect, test } from 'vitest'
import { release, releaseIn, releaseKind, takeRelease, withRelease } from './release.ts'
import { secret, secretText, withSecrets } from './secret-text.ts'

const wanted = { number: 8, artifact: 'a8', config: 'c8', commit: 'abc', migrates: true }
const resource = release('www', {
  variables: { PLAIN: { parts: ['a "b" $c'] }, KEY: secretText`${secret('key')}` },
  settings: '/etc/copse/apps/www',
  units: ['www@1', 'www@2'],
  inputs: ['/etc/systemd/system/www@.service'],
})
const filled = withRelease(
  withSecrets(resource, () => 'c8'),
  { wanted: () => wanted },
)
const around = { changing: new Set<string>(), digestOf: () => undefined }
const runs = { number: '8', artifact: 'a8', config: 'c8', inputs: 'i', started: '8 i', down: '' }
const why = (found: Readonly<Record<string, string>> | undefined, changing: readonly string[] = []) =>
  releaseKind.bind(filled).diff(found, { ...around, changing: new Set(changing) })?.why

test('before the app has a release nothing is wanted', () => {
  const none = withRelease(resource, { wanted: () => undefined })
  expect(releaseKind.bind(none).diff(undefined, around)).toBeUndefined()
  expect(releaseKind.bind(none).diff(runs, around)).toBeUndefined()
})

test('each way in which a host may differ is told', () => {
  expect(why(runs)).toBeUndefined()
  expect(why(undefined)).toEqual(['release 8'])
  expect(why({ ...runs, number: '7' })).toEqual(['release 7, wanted 8'])
  expect(why({ ...runs, artifact: 'x' })).toEqual(['of another artifact'])
  expect(why({ ...runs, config: 'x' })).toEqual(['its config is another'])
  expect(why({ ...runs, down: 'www@2' })).toEqual(['www@2 down, wanted running'])
  expect(why({ ...runs, started: '7 i' })).toEqual(['it may still run an earlier release'])
  expect(why({ ...runs, inputs: 'j' })).toEqual(['it may still run an earlier release'])
  expect(why(runs, ['file /etc/systemd/system/www@.service'])).toEqual(['restart: www@.service changes'])
})

test('variables stand as systemd reads them, and values of secrets stay references', () => {
  expect(releaseIn(resource).config.parts).toEqual([
    'PLAIN="a \\"b\\" \\$c"\nKEY="',
    { secret: 'key', as: 'quoted' },
    '"\n',
  ])
})

test('a former release comes with its own config', () => {
  const script = takeRelease(releaseIn(filled))
  expect(script.script.shell).toContain('take /etc/copse/apps/www 8 a8 abc migrate')
  expect(Object.keys(script.payloads ?? {})).toEqual(['env'])
  const former = { ...releaseIn(filled), wanted: { ...wanted, config: 'c7', migrates: false } }
  expect(takeRelease(former).payloads).toBeUndefined()
})

import { describe, expect, test } from 'vitest'
import { authorizedKey, authorizedKeys, authorizedKeysKind } from './authorized-keys.ts'
import type { Found } from './kind.ts'

const around = { changing: new Set<string>(), digestOf: () => undefined }
const ana = 'ssh-ed25519 AAAAC3Nza0000000000000000ana ana@laptop'
const ben = 'ssh-rsa AAAAB3Nza0000000000000000ben'
const eve = 'command="x" ssh-ed25519 AAAAC3Nza0000000000000000eve eve'
const file = '/home/demo/.ssh/authorized_keys'
const there: Found = {
  file,
  keys: `${ana}\n${ben}`,
  ours: '',
  mode: '600',
  owner: 'demo',
  dirmode: '700',
  dirowner: 'demo',
}

function plan(found: Found | undefined, resource = authorizedKeys('demo', [ben, ana, ana])) {
  const bound = authorizedKeysKind.bind(resource)
  const change = bound.diff(found, around)
  return { change, step: change && bound.apply(change, found) }
}

describe('found + wanted -> change', () => {
  test.each<[string, Found | undefined, unknown]>([
    ['no file', undefined, { action: 'create', why: [] }],
    ['the wanted keys', there, undefined],
    ['one more', { ...there, keys: `${ana}\n${ben}\n${eve}` }, update('a key that nobody asked for: eve')],
    ['one less, without a comment', { ...there, keys: ana }, update('without the key ...000000000ben')],
    ['the file of another', { ...there, owner: 'root' }, update('owner root, wanted demo')],
    ['an open directory', { ...there, dirmode: '755' }, update('dirmode 755, wanted 700')],
    [
      'a link',
      { file, other: 'symbolic link' },
      { action: 'replace', why: ['its file or directory is a symbolic link'] },
    ],
  ])('%s', (_title, found, change) => {
    expect(plan(found).change).toEqual(change)
  })

  test('one key more leaves those of others alone, but not what copse put there before', () => {
    const one = authorizedKey('demo', ana)
    expect(plan({ ...there, keys: `${ana}\n${eve}`, ours: ana }, one).change).toBeUndefined()
    expect(plan({ ...there, ours: `${ana}\n${ben}` }, one).change).toEqual(
      update('a key that nobody asked for: ...000000000ben'),
    )
  })

  function update(why: string) {
    return { action: 'update', why: [why] }
  }
})

describe('change -> commands', () => {
  test('first keys shut nobody out', () => {
    const { step } = plan(undefined)
    expect(step?.confirm).toBeUndefined()
    expect(step?.payloads).toEqual({ keys: { text: `${ana}\n${ben}\n` } })
  })

  test('other keys come back unless a new login works, also when copse lets go', () => {
    expect(plan({ ...there, keys: eve }).step?.confirm).toEqual({ paths: [file], reload: [] })
    expect(authorizedKeysKind.remove('demo', there).confirm).toEqual({ paths: [file], reload: [] })
  })
})

test.each(['', 'ssh-ed25519', '# ssh-ed25519 AAAA', `${ana}\n${eve}`, '-----BEGIN OPENSSH PRIVATE KEY-----'])(
  '%j is no public key',
  (key) => {
    expect(() => authorizedKeys('demo', [key])).toThrow('authorized-keys: keys.0: must ')
  },
)

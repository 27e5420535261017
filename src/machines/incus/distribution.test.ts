import { expect, test } from 'vitest'
import { parseRelease } from './distribution.ts'

test('Debian 12 has LXD and Debian 13 has Incus', () => {
  const release = (version: string) =>
    parseRelease(`PRETTY_NAME="Debian GNU/Linux ${version}"\nID=debian\nVERSION_ID="${version}"\n`)
  expect(release('12').engine?.product.name).toBe('LXD')
  expect(release('13').engine?.product.name).toBe('Incus')
  expect(release('13').name).toBe('Debian GNU/Linux 13')
})

test('an unknown distribution is named, and has no engine', () => {
  expect(parseRelease('PRETTY_NAME="Fedora Linux 42"\nID=fedora\nVERSION_ID=42\n')).toEqual({
    name: 'Fedora Linux 42',
    engine: undefined,
  })
  expect(parseRelease('').name).toBe('this system')
})

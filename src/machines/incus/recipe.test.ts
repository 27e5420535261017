import { expect, test } from 'vitest'
import { mmdebstrapArguments, recipeFor } from './recipe.ts'

const mirrors = { archive: 'http://m.example/debian', security: 'http://m.example/debian-security' }

test('the guest has the mirrors of the box, with the suites of its own release', () => {
  expect(recipeFor(13, mirrors).sources).toBe(`Types: deb
URIs: http://m.example/debian
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://m.example/debian-security
Suites: trixie-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`)
})

test('a box without security updates gives its guests none', () => {
  expect(recipeFor(12, { ...mirrors, security: undefined }).sources).not.toContain('security')
})

test('the name changes with the release and with the mirrors, and with nothing else', () => {
  const { name } = recipeFor(12, mirrors)
  expect(name).toMatch(/^copse-debian-12-[0-9a-f]{8}$/)
  expect(recipeFor(12, { ...mirrors }).name).toBe(name)
  expect(recipeFor(12, { ...mirrors, archive: 'http://n.example/debian' }).name).not.toBe(name)
})

test('authorities that are added to the box, renewed or taken away make another image', () => {
  const ca = { name: 'ca.crt', text: 'one' }
  const nameWith = (...authorities: readonly (typeof ca)[]) => recipeFor(13, mirrors, authorities).name
  expect(new Set([nameWith(), nameWith(ca), nameWith({ ...ca, text: 'two' })]).size).toBe(3)
})

test('only root may read the private key and the list of who may enter', () => {
  const { script } = recipeFor(13, mirrors)
  expect(script).toContain(
    'for file in /root/.ssh/authorized_keys /etc/ssh/ssh_host_ed25519_key; do\n  install -m 600 ',
  )
})

test('mmdebstrap builds the release from the guest’s own sources', () => {
  expect(mmdebstrapArguments(recipeFor(12, mirrors)).slice(-3)).toEqual([
    'bookworm',
    'rootfs.tar',
    'debian.sources',
  ])
})

import { expect, test } from 'vitest'
import { aptSource } from './apt-source.ts'

const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n'
const source = {
  uris: ['https://packages.example/debian'],
  suites: ['stable'],
  components: ['main', 'extra'],
}

test("a source is a file for apt and one for its signer's key", () => {
  expect(aptSource('extra', { ...source, key })).toMatchObject([
    { kind: 'file', key: '/etc/apt/keyrings/extra.asc', spec: { content: key, mode: 0o644 } },
    {
      kind: 'file',
      key: '/etc/apt/sources.list.d/extra.sources',
      spec: {
        content:
          'Types: deb\nURIs: https://packages.example/debian\nSuites: stable\nComponents: main extra\nSigned-By: /etc/apt/keyrings/extra.asc\n',
      },
    },
  ])
})

test("without a key the distribution's signers count, and a flat suite has no components", () => {
  expect(aptSource('flat', { uris: ['file:/srv'], suites: ['./'] })).toMatchObject([
    { spec: { content: 'Types: deb\nURIs: file:/srv\nSuites: ./\n' } },
  ])
})

test.each([
  ['name', { name: '../x' }],
  ['uris.0', { uris: ['https://a b'] }],
  ['suites.0', { suites: ['x\nSigned-By: y'] }],
  ['suites', { suites: [] }],
  ['key', { key: '-----BEGIN PGP PRIVATE KEY BLOCK-----' }],
])('%s that would break the file is refused', (field, wrong) => {
  const { name, ...options } = { name: 'extra', ...source, ...wrong }
  expect(() => aptSource(name, options)).toThrow(`aptSource: ${field}:`)
})

import { expect, test } from 'vitest'
import { parseAptSources } from './apt-sources.ts'

test('stanzas are read, with folded fields, without comments and disabled ones', () => {
  const text = `# the archive
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm
  bookworm-updates
# a comment in between
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
`
  expect(parseAptSources('/etc/apt/sources.list.d/debian.sources', text)).toEqual([
    {
      types: ['deb', 'deb-src'],
      uris: ['http://mirror.example/debian'],
      suites: ['bookworm', 'bookworm-updates'],
      components: ['main', 'contrib'],
      signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
    },
  ])
})

test('lines are read, with and without options', () => {
  const text = `# deb http://old.example/debian buster main
deb http://mirror.example/debian bookworm main contrib # ours
deb [arch=amd64 signed-by=/etc/apt/keyrings/x.gpg] https://x.example/apt x main

`
  expect(parseAptSources('/etc/apt/sources.list', text)).toEqual([
    {
      types: ['deb'],
      uris: ['http://mirror.example/debian'],
      suites: ['bookworm'],
      components: ['main', 'contrib'],
      signedBy: '',
    },
    {
      types: ['deb'],
      uris: ['https://x.example/apt'],
      suites: ['x'],
      components: ['main'],
      signedBy: '/etc/apt/keyrings/x.gpg',
    },
  ])
})

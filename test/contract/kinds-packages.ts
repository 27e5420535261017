/** What packages must stand on a real Debian machine. */
import { pkg } from '../../src/index.ts'
import type { KindCase } from './kind-case.ts'

const install = 'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq'
const isInstalled = (name: string) =>
  `dpkg-query -W -f '\${db:Status-Abbrev}' ${name} 2>/dev/null | grep -q '^.i'`

export const packageCases: readonly KindCase[] = [
  {
    title: 'a package is installed by itself, mended, and removed with what came along',
    resources: [pkg('jq')],
    before: `! ${isInstalled('jq')} && ! ${isInstalled('libonig5')}`,
    holds: 'echo 1 | jq . && apt-mark showmanual | grep -qx jq && test ! -e /usr/sbin/policy-rc.d',
    breaks: [
      { by: 'apt-get remove -y -qq jq', named: /^create package jq/m },
      { by: 'apt-mark hold jq', named: /^update package jq: held, wanted free/m },
      { by: 'apt-mark auto jq', named: /^update package jq: installed only because/m },
      {
        by: 'cd /var/tmp && apt-get download -qq jq && dpkg --unpack jq_*.deb && rm jq_*.deb',
        named: /^update package jq: is only half installed \(dpkg says U\)/m,
      },
    ],
    gone: `! ${isInstalled('jq')} && ! ${isInstalled('libonig5')} && test -z "$(dpkg --audit)"`,
  },
  {
    title: 'a package that another one needs stays until that one goes',
    resources: [pkg('libonig5')],
    before: `! ${isInstalled('jq')} && ! ${isInstalled('libonig5')}`,
    holds: isInstalled('libonig5'),
    breaks: [{ by: `${install} jq && apt-get remove -y -qq libonig5`, named: /^create package libonig5/m }],
    gone: `! ${isInstalled('libonig5')}`,
  },
  {
    title: 'a package that was there before is held, and is there afterwards, free again',
    resources: [pkg('tree', { state: 'held' })],
    before: `${install} tree`,
    holds: 'apt-mark showhold | grep -qx tree',
    breaks: [{ by: 'apt-mark unhold tree', named: /^update package tree: not held/m }],
    gone: 'command -v tree && ! apt-mark showhold | grep -qx tree && apt-get remove -y -qq tree',
  },
  {
    title: 'an unwanted package is removed and stays away',
    resources: [pkg('ed', { state: 'absent' })],
    before: `${install} ed`,
    holds: `! ${isInstalled('ed')}`,
    breaks: [{ by: `${install} ed`, named: /^destroy package ed: .* is installed, wanted none/m }],
    gone: `! ${isInstalled('ed')}`,
  },
]

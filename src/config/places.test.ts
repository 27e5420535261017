/** Each problem points exactly at the text that is to blame: the place after the mark. */
import { afterAll, expect, test } from 'vitest'
import { Configs, linesOf, officeWith, withApp } from '../../test/fixture/configs.ts'

const configs = new Configs()
afterAll(() => configs[Symbol.asyncDispose]())

const mark = '/*!*/'
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHp4bJV3m0iuC0EHLbnTrUd6mCMfoLULmkvhKEh5r0dV'

/** A piece of the office, what replaces it, and what is said of the value after the mark. */
const cases: readonly (readonly [title: string, piece: string, replacement: string, said: RegExp])[] = [
  ['a bad name', "'office'", `${mark}'Office!'`, /^name must be a name of lower-case.*found "Office!"$/],
  [
    'a network with host bits',
    "'10.61.0.0/24'",
    `${mark}'10.61.0.7/24'`,
    /dev\.subnet must be an IPv4 network/,
  ],
  [
    'a network that is too small',
    "'10.61.0.0/24'",
    `${mark}'10.61.0.0/29'`,
    /subnet must be .* from \/16 to \/28/,
  ],
  [
    'a network that is too big',
    "'10.61.0.0/24'",
    `${mark}'10.0.0.0/8'`,
    /subnet must be .* from \/16 to \/28/,
  ],
  [
    "a network of somebody's",
    "'10.61.0.0/24'",
    `${mark}'8.8.8.0/24'`,
    /8\.8\.8\.0\/24, belongs to the internet/,
  ],
  ['a network of no hosts', "'10.63.0.0/24'", `${mark}'127.0.0.0/24'`, /no host can have an address in 127/],
  [
    'a domain of one part',
    "'office.internal'",
    `${mark}'office'`,
    /domain must be a DNS domain of two parts/,
  ],
  ['a prefix in capitals', "'dev',\n", `${mark}'DEV',\n`, /prefix must be lower-case/],
  [
    'an unknown setting',
    'subnet: ',
    `${mark}subent: '', subnet: `,
    /dev\.subent is not a setting; did you mean subnet\?$/,
  ],
  [
    'an unknown setting in machines',
    "{ box: 'local' }",
    `{ box: 'local', ${mark}size: 1 }`,
    /machines\.size is not a setting/,
  ],
  [
    'a box by a name that ssh would take for an option',
    "{ box: 'local' }",
    `{ box: { ssh: ${mark}'-oProxyCommand=id' } }`,
    /machines\.box\.ssh must be a host as `ssh` takes it: .* found "-oProxyCommand=id"$/,
  ],
  [
    'a box with a setting of OpenSSH',
    "{ box: 'local' }",
    `{ box: { ssh: 'hpcube', ${mark}port: 22 } }`,
    /machines\.box\.port is not a setting/,
  ],
  [
    'a box that is elsewhere',
    "{ box: 'local' }",
    `{ box: ${mark}'cloud' }`,
    /machines\.box must be "local" or \{ ssh: "HOST" \}, as in `ssh HOST`, found "cloud"$/,
  ],
  [
    'a missing setting',
    "dev: {\n      machines: incus({ box: 'local' }),",
    `dev: ${mark}{`,
    /dev\.machines is missing: it must be made by incus/,
  ],
  [
    'an address outside',
    '[24, 25]',
    `[24, ${mark}300]`,
    /web\.at\[1\] is 300, outside of dev's subnet.*; use 2 to 254$/,
  ],
  ['the gateway', 'at: 20', `at: ${mark}1`, /hosts\.lb\.at is 1, the gateway of dev's/],
  ['the broadcast address', 'at: 20', `at: ${mark}255`, /lb\.at is 255, the broadcast address/],
  ['an address twice', '[24, 25]', `[24, ${mark}21]`, /web\.at\[1\] is 21, the address of dns already/],
  [
    'an offset in words',
    'at: 21',
    `at: ${mark}'21'`,
    /hosts\.dns\.at must be an address's offset.*found "21"$/,
  ],
  [
    'a function for a role',
    '[web()]',
    `[${mark}web]`,
    /roles\[0\] is the function that makes a role: add \(\)/,
  ],
  ['no role at all', '[web()]', `[${mark}'web']`, /roles\[0\] must be a role such as web\(\), found "web"$/],
  [
    'a role that one host may have on two',
    '[24, 25], roles: [web()]',
    `[24, 25], roles: [web(), ${mark}logs()]`,
    /^web1 and web2 both have the role logs; only one host may$/,
  ],
  ['a role twice', '[web()]', `[web(), ${mark}web()]`, /^web has the role web twice$/],
  [
    'a port twice',
    '[balancer()]',
    `[balancer(), ${mark}web()]`,
    /on lb, balancer\.http and web\.http both use port 80\/tcp/,
  ],
  ['a bad option', '[web()]', `[web({ port: ${mark}0 })]`, /^web: port: /],
  ['an unknown option', '[web()]', `[web(${mark}{ prot: 81 })]`, /^web: .*prot/],
  [
    'a name twice',
    "['www', 'cdn', 'repo'] }",
    `['www', 'cdn', ${mark}'dns'] }`,
    /the name dns would point at dns of hosts\.dns and at lb/,
  ],
  [
    'two groups, one host',
    'web: {',
    `web1: { at: 9, roles: [] },\n    ${mark}web: {`,
    /the name web1 would point at web1 of hosts\.web1 and at web1 of hosts\.web;/,
  ],
  [
    'a count of nothing',
    "prefix: 'dev'",
    `prefix: 'dev', counts: { ${mark}wbe: 1 }`,
    /counts of dev names wbe.*did you mean web\?$/,
  ],
  [
    'a count of too many',
    "prefix: 'dev'",
    `prefix: 'dev', counts: { web: ${mark}3 }`,
    /wants 3 of web, but hosts\.web\.at lists 2/,
  ],
  [
    'a volume around the system',
    '[dns()]',
    `[dns()], volumes: { data: ${mark}'/var/lib' }`,
    /the volume data: \/var\/lib and \/var\/lib\/apt, which is no data, overlap/,
  ],
  [
    'a volume in another',
    '[dns()]',
    `[dns()], volumes: { all: '/srv', data: ${mark}'/srv/data' }`,
    /on dns, the volumes all \(\/srv\) and data \(\/srv\/data\) overlap/,
  ],
  [
    'a relative volume',
    '[dns()]',
    `[dns()], volumes: { data: ${mark}'srv' }`,
    /the volume data: "srv" must be/,
  ],
  ['after nobody', '[dns()]', `[dns()], after: [${mark}'wbe']`, /dns comes after wbe.*did you mean web\?$/],
  ['after itself', '[dns()]', `[dns()], after: ${mark}['dns']`, /dns would wait for itself: dns after dns$/],
  [
    'a flow from nobody',
    "'internet'",
    `${mark}'inter-net'`,
    /comes from "inter-net".*did you mean internet\?$/,
  ],
  ['a flow to no endpoint', "'lb.http'", `${mark}'lb.htp'`, /lb has no endpoint "htp"; did you mean http\?$/],
  [
    'a flow to no door of the internet',
    "'lb.http'",
    `${mark}'internet.gopher'`,
    /the internet has no endpoint "gopher"; its endpoints: dns, /,
  ],
  [
    'operators from nowhere',
    "prefix: 'dev'",
    `prefix: 'dev', operators: ${mark}[]`,
    /must hold one at least/,
  ],
  [
    'operators from no network',
    "prefix: 'dev'",
    `prefix: 'dev', operators: [${mark}'10.0.0.1/8']`,
    /must be an IPv4 address or network/,
  ],
  [
    'a server for nobody',
    "{ user: 'ops' }",
    `{ servers: { ${mark}web3: {} } }`,
    /server for web3, which is no host; did you mean web/,
  ],
  [
    'a host key twice',
    "{ user: 'ops' }",
    `{ servers: { web1: { hostKey: '${key}' }, web2: { hostKey: ${mark}'${key} x' } } }`,
    /web1 and web2 of prod have the same host key/,
  ],
  [
    'a cut key',
    "{ user: 'ops' }",
    `{ servers: { web1: { hostKey: ${mark}'${key.slice(0, 60)}' } } }`,
    /hostKey must be a whole key/,
  ],
  [
    'a private key',
    'flows:',
    `people: [{ name: 'ana', keys: [${mark}'-----BEGIN OPENSSH PRIVATE KEY-----'], environments: [] }], flows:`,
    /keys\[0\] is a private key/,
  ],
  [
    'a stranger',
    'flows:',
    `people: [{ name: 'ana', keys: ['${key}'], environments: [${mark}'dve'] }], flows:`,
    /dve, which is no environment; did you mean dev\?$/,
  ],
  [
    'subnets that overlap',
    "existing({ user: 'ops' }),\n      subnet: '10.63.0.0/24'",
    `incus({ box: 'local' }),\n      subnet: ${mark}'10.61.0.0/16'`,
    /dev and prod share a box, but their subnets overlap/,
  ],
  [
    'a long machine name',
    'lb: {',
    `${mark}${'l'.repeat(62)}: {`,
    /the machine's name devl+ has 65 characters/,
  ],
  [
    'a bad resource',
    '[dns()]',
    `[dns()], resources: () => [${mark}link('rel', '/x')]`,
    /^dns: link: path: must be an absolute path/,
  ],
  [
    'a restart for nothing',
    '[dns()]',
    `[dns()], resources: () => [${mark}unit('x', { restartOn: ['/no'] })]`,
    /unit x(\.service)? on dns restarts on \/no/,
  ],
  [
    'two files at one path',
    '[dns()]',
    `[dns()], resources: [file('/a', { content: '1' }), ${mark}file('/a', { content: '2' })]`,
    /dns is to have file \/a in two ways: here and at /,
  ],
  [
    'a file of a role',
    '[web()]',
    `[web()], resources: [${mark}file('/etc/nginx/nginx.conf', { content: '' })]`,
    /web1 is to have file \/etc\/nginx\/nginx\.conf in two ways/,
  ],
  [
    'a thrown error',
    '[dns()]',
    `[dns()], resources: () => { throw ${mark}new TypeError('no such thing') }`,
    /^dns: TypeError: no such thing$/,
  ],
  [
    'assets at no balancer',
    'hosts: {',
    withApp(`assets: { from: 'a', name: ${mark}'cnd' }`),
    /the name cnd, which no/,
  ],
  [
    'assets at an app',
    'hosts: {',
    withApp(`assets: { from: 'a', name: ${mark}'www' }`),
    /leads to the app www and/,
  ],
  [
    'assets at no web server',
    'hosts: {',
    withApp(`assets: { from: 'a', name: ${mark}'cdn' }`),
    /has the role web, /,
  ],
  [
    'a database of no name',
    'hosts: {',
    withApp(`uses: [${mark}'postgres']`, 'pg-x'),
    /cannot be called pg_x; /,
  ],
]

for (const [title, piece, replacement, said] of cases)
  test(`${title} is told at its very place`, async () => {
    const text = officeWith(piece, replacement).replace(
      'import {',
      'import { app, file, link, logs, postgres, unit,',
    )
    const lines = linesOf(await configs.evaluate(text))
    expect(lines, text).not.toEqual([])
    const at = text.indexOf(mark) + mark.length
    const where = `${text.slice(0, at).split('\n').length}:${at - text.lastIndexOf('\n', at - 1)} `
    const [hit] = lines.filter((line) => said.test(line.replace(/^\d+:\d+ /, '')))
    expect(hit, lines.join('\n')).toBeDefined()
    expect(hit).toContain(where)
  })

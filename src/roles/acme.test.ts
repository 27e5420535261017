import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { balancer, type Environment } from 'copse'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ids } from '../../test/fixture/ids.ts'
import { office, officeHost } from '../../test/fixture/office.ts'

const directory = 'https://acme.example:14000/dir'
const certified: Environment = { ...office, acme: { email: 'ops@office.example', directory } }
const lb = officeHost('lb')

describe('a balancer whose names are certified by ACME', () => {
  const resources = balancer({ redirect: true }).resources(certified, lb)
  const text = (key: string) => {
    const [found] = resources.flat(9).filter((one) => 'key' in one && one.key === key)
    return JSON.parse(JSON.stringify(found)).spec.content
  }

  test('asks for its further names, never for its own', () => {
    expect(text('/etc/copse/acme')).toBe(
      `directory\t${directory}\nemail\tops@office.example\nname\twww.office.internal\nname\tcdn.office.internal\n`,
    )
  })

  test('shows what was issued for these, and the certificate of its environment for all else', () => {
    expect(text('/etc/haproxy/own-names')).toBe(
      '/etc/copse/tls/balancer.pem devlb.office.internal lb.office.internal\n',
    )
    expect(text('/etc/haproxy/haproxy.cfg')).toContain(
      '  bind :443 ssl crt-list /etc/haproxy/own-names crt /var/lib/copse-acme/served alpn h2,http/1.1\n',
    )
  })

  test('lets the authority ask by plain http, whatever else is led on to https', () => {
    const conf = text('/etc/haproxy/haproxy.cfg')
    expect(conf).toContain('unless { ssl_fc } or acme\n')
    expect(conf).toContain('  use_backend _acme if acme\n')
    expect(conf).toContain('backend _acme\n  retries 0\n  server responder 127.0.0.1:402\n')
  })

  test('has what HAProxy reads before HAProxy, and asks for nothing by itself while it is made', () => {
    const order = ids(resources)
    const at = (id: string) => order.indexOf(id)
    expect(at('directory /var/lib/copse-acme/served')).toBeLessThan(at('file /etc/haproxy/haproxy.cfg'))
    expect(at('unit haproxy')).toBeLessThan(at('unit copse-acme.timer'))
    expect(order).not.toContain('unit copse-acme')
  })

  test('keeps account and certificates on a volume, and may reach the authority', () => {
    const role = balancer()
    expect(role.volumes(certified)).toEqual({ acme: '/var/lib/copse-acme' })
    expect(role.flows(certified, lb)).toContainEqual({ from: 'lb', to: 'internet.tcp-14000' })
    expect([role.volumes(), role.volumes(office), balancer({ https: false }).volumes(certified)]).toEqual([
      {},
      {},
      {},
    ])
  })

  test('proves each public name by what was issued, its own by its environment, and sites by either', () => {
    const probes = balancer().probes(certified, lb)
    const issued = { issuers: '/var/lib/copse-acme/issuers.pem', said: '/var/lib/copse-acme/said' }
    expect(probes.filter(({ kind }) => kind === 'tls').map(({ name, spec }) => [name, spec])).toMatchObject([
      ['tls lb.office.internal:443', { days: 7 }],
      ['tls www.office.internal:443', { days: 10, issued }],
      ['tls cdn.office.internal:443', { days: 10, issued }],
    ])
    const [site] = probes.filter(({ name }) => name === 'http https://www.office.internal')
    expect(site?.spec).toMatchObject({ issuers: issued.issuers })
  })

  test('verifies the directory by what the config names, where it names anything', () => {
    expect(ids(resources)).not.toContain('file /etc/copse/acme-authority.pem')
    const known = { ...certified, acme: { email: 'a@b', directory, authority: 'PEM' } }
    expect(ids(balancer().resources(known, lb))).toContain('file /etc/copse/acme-authority.pem')
  })

  test('without the setting is as it was', () => {
    expect(JSON.stringify([balancer().resources(office, lb), balancer().probes(office, lb)])).not.toMatch(
      /copse-acme|"lego"|own-names/,
    )
  })
})

describe('its program', () => {
  let root: string
  const path = (name: string) => join(root, name)
  const home = (name: string) => path(`var/lib/copse-acme/${name}`)
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')

  /** Says what it is asked; issues a certificate for so many days, or fails with what the file `trouble` holds. */
  const lego = `#!/bin/sh -eu
echo "$*" >>"$ROOT/calls"
if [ -s "$ROOT/trouble" ]; then
  echo '2026/11/30 09:00:00 No key found for account'
  echo '2026/11/30 09:00:00 [INFO] [www.office.internal] acme: Obtaining bundled SAN certificate'
  cat "$ROOT/trouble" >&2
  [ ! -e "$ROOT/once" ] || rm "$ROOT/trouble"
  exit 1
fi
home=$ROOT/var/lib/copse-acme/lego
mkdir -p "$home/certificates" "$home/accounts"
: >"$home/accounts/key"
base=$home/certificates/www.office.internal
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=x -days "$(cat "$ROOT/days")" \\
  -keyout "$base.key" -out "$base.crt" 2>/dev/null
cp "$base.crt" "$base.issuer.crt"
`

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'acme-'))
    for (const made of ['etc/copse', 'var/lib/copse-acme/served', 'run/haproxy', 'bin'])
      mkdirSync(path(made), { recursive: true })
    writeFileSync(path('bin/lego'), lego)
    writeFileSync(path('bin/systemctl'), '#!/bin/sh\necho "systemctl $*" >>"$ROOT/calls"\n')
    for (const name of ['lego', 'systemctl']) chmodSync(path(`bin/${name}`), 0o755)
    writeFileSync(path('days'), '90')
    settings(['www.office.internal', 'cdn.office.internal'])
  })

  afterEach(() => rmSync(root, { recursive: true }))

  function settings(names: readonly string[], server = directory) {
    const lines = [
      `directory\t${server}`,
      'email\tops@office.example',
      ...names.map((name) => `name\t${name}`),
    ]
    writeFileSync(path('etc/copse/acme'), `${lines.join('\n')}\n`)
  }

  function run(...words: readonly string[]) {
    const text = readFileSync(new URL('acme.pl', import.meta.url), 'utf8')
    const moved = text.replaceAll(/"(?=\/(?:etc|var|run)\/)/g, `"${root}`)
    writeFileSync(path('acme.pl'), moved)
    const env = { ...process.env, ROOT: root, PATH: `${path('bin')}:${process.env.PATH}` }
    return spawnSync('perl', [path('acme.pl'), ...words], { encoding: 'utf8', env })
  }

  const isDue = () => run('due').status === 0
  const calls = () => read(path('calls')).split('\n').filter(Boolean)

  test('asks once for all names, with the responder that HAProxy leads to, and keeps what it got for root', () => {
    expect(isDue()).toBe(true)
    expect(run()).toMatchObject({ status: 0, stderr: '' })
    expect(calls()).toEqual([
      `--accept-tos --server ${directory} --email ops@office.example --path ${home('lego')} --http --http.port 127.0.0.1:402 --http-timeout 15 --domains www.office.internal --domains cdn.office.internal run`,
    ])
    const pem = read(home('served/balancer.pem'))
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----.*-----BEGIN PRIVATE KEY-----/s)
    expect(pem).not.toContain('\n\n')
    expect(statSync(home('served/balancer.pem')).mode & 0o777).toBe(0o600)
    expect(read(home('issuers.pem'))).toContain('BEGIN CERTIFICATE')
    expect(isDue()).toBe(false)
    run()
    expect(calls()).toHaveLength(1)
  })

  test.each([
    ['for other names', () => settings(['www.office.internal'])],
    [
      'by another server',
      () => settings(['www.office.internal', 'cdn.office.internal'], 'https://other/dir'),
    ],
  ])('asks again %s', (_what, change) => {
    run()
    change()
    expect(isDue()).toBe(true)
    run()
    expect([isDue(), calls().length]).toEqual([false, 2])
  })

  test('asks again when told to, and when a third of its life is left', () => {
    run()
    run('now')
    expect(calls()).toHaveLength(2)
    const aged = `${read(path('acme.pl'))}`.replace('time > $until', 'time + 61 * 24 * 3600 > $until')
    writeFileSync(path('aged.pl'), aged)
    expect(spawnSync('perl', [path('aged.pl'), 'due']).status).toBe(0)
    writeFileSync(path('young.pl'), aged.replace('61 * 24', '59 * 24'))
    expect(spawnSync('perl', [path('young.pl'), 'due']).status).toBe(1)
  })

  test('what could not be issued is said in one line, and changes nothing of what is there', () => {
    run()
    const before = read(home('served/balancer.pem'))
    const trouble =
      '2026/11/30 09:00:01 Could not obtain certificates:\n\terror: one or more domains:\n\t\tno\u0007\n'
    writeFileSync(path('trouble'), trouble)
    const { status, stdout } = run('now')
    expect(status).toBe(0)
    expect(stdout).toContain('<4>no certificate for www.office.internal, cdn.office.internal: Could not')
    expect(read(home('said'))).toBe('Could not obtain certificates: error: one or more domains: no?\n')
    expect(read(home('served/balancer.pem'))).toBe(before)
    writeFileSync(path('trouble'), '')
    run('now')
    expect(existsSync(home('said'))).toBe(false)
  })

  test('four failures within an hour are enough, but not for somebody who tells it to', () => {
    writeFileSync(path('trouble'), 'no\n')
    for (let asked = 0; asked < 6; asked++) run()
    expect(calls()).toHaveLength(4)
    expect(isDue()).toBe(false)
    run('now')
    expect(calls()).toHaveLength(5)
    writeFileSync(home('failures'), '1\n2\n3\n4\n')
    expect(isDue()).toBe(true)
  })

  test('an authority that does not know the account any more gets another one', () => {
    run()
    writeFileSync(path('trouble'), 'urn:ietf:params:acme:error:accountDoesNotExist\n')
    writeFileSync(path('once'), '')
    writeFileSync(home('lego/accounts/former'), '')
    run('now')
    expect(calls()).toHaveLength(3)
    expect(read(home('said'))).toBe('')
    expect([existsSync(home('lego/accounts/former')), existsSync(home('lego/accounts/key'))]).toEqual([
      false,
      true,
    ])
  })

  test('a HAProxy that takes nothing by its socket reads its files again', () => {
    writeFileSync(path('run/haproxy/admin.sock'), '')
    run()
    expect(calls().at(-1)).toBe('systemctl reload haproxy')
  })
})

import { base, type Environment, type Host, logs, secret } from 'copse'
import { expect, test } from 'vitest'
import { office, officeHost } from '../../../test/fixture/office.ts'
import { doorCfg } from './door.ts'
import { rsyslogConf } from './syslog.ts'

const log: Host = {
  ...officeHost('dns'),
  name: 'log',
  machine: 'devlog',
  fqdn: 'devlog.office.internal',
  address: '10.61.0.22',
  roles: ['base', 'logs'],
  endpoints: [{ name: 'journal', role: 'logs', port: 19_532, protocol: 'tcp', tls: true }],
}
const kept: Environment = { ...office, hosts: [...office.hosts, log] }
const flowsTo = (names: readonly string[]) => names.map((from) => ({ from, to: 'log.journal' }))

test('each host is led to its own receiver by the name in its certificate, and nobody else anywhere', () => {
  const conf = doorCfg('10.61.0.22', { port: 19_532, clients: [officeHost('web1'), log] })
  expect(conf).toContain('bind 10.61.0.22:19532 ssl crt /etc/copse/tls/logs.pem')
  expect(conf).toContain('verify required')
  expect(conf.match(/use_backend .*/g)).toEqual([
    'use_backend web1 if { ssl_c_s_dn(cn) -m str devweb1.office.internal }',
    'use_backend log if { ssl_c_s_dn(cn) -m str devlog.office.internal }',
  ])
  expect(conf).not.toContain('default_backend')
  expect(conf).toContain('backend web1\n  server receiver unix@/run/copse-logs/web1.sock')
})

test('a name too long for a certificate is known by what the certificate calls it', () => {
  const far = { ...officeHost('web1'), fqdn: `devweb1.${'a'.repeat(60)}.internal` }
  expect(doorCfg('10.61.0.22', { port: 1, clients: [far] })).toContain('-m str devweb1 }')
})

test('every host brings its journal where one keeps them, unless it is told not to', () => {
  const web1 = officeHost('web1')
  expect(base().flows(kept, web1)).toContainEqual({ from: 'web1', to: 'log.journal' })
  expect(JSON.stringify(base().resources(kept, web1))).toContain('--url=https://devlog.office.internal:19532')
  expect(base({ logs: false }).flows(kept, web1)).not.toContainEqual({ from: 'web1', to: 'log.journal' })
  expect(JSON.stringify(base().resources(office, web1))).not.toContain('journal-upload')
})

test('probes ask those that bring something, itself among them', () => {
  const asked = logs()
    .probes({ ...kept, flows: flowsTo(['web', 'log']) }, log)
    .filter(({ kind }) => kind === 'log-sent')
    .map(({ from }) => from)
  expect(asked).toEqual([{ host: 'web1' }, { host: 'web2' }, { host: 'log' }])
})

test('only what comes from the LAN goes from rsyslog into the journal', () => {
  const conf = rsyslogConf('10.61.0.22')
  expect(conf.match(/^input.*/gm)).toEqual([
    'input(type="imudp" address="10.61.0.22" port="514" ruleset="lan")',
    'input(type="imtcp" address="10.61.0.22" port="514" ruleset="lan")',
  ])
  expect(conf.trimEnd().endsWith('\nstop')).toBe(true)
})

test('it tells whom the environment names, and nobody else', () => {
  const ids = (environment: Environment) => JSON.stringify(logs().resources(environment, log))
  expect(ids(kept)).not.toContain('alert')
  const hosts = kept.hosts.map((host) => ({ ...host, isMonitored: host.name === 'web1' }))
  const told = ids({
    ...kept,
    hosts,
    alert: { webhook: secret('chat'), command: ['say', "it's"] },
    flows: flowsTo(['web']),
  })
  expect(told).toContain('"parts":["url = \\"",{"secret":"chat"},"\\"\\n"]')
  expect(told).toContain(`exec 'say' 'it'\\\\''s'`)
  expect(told).toContain('/srv/journals office dev log web1\\n')
})

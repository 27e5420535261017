/** Public names of a balancer, certified by ACME: what asks for that on its host, and where HAProxy finds what was issued. */
import {
  type Acme,
  directory,
  type Environment,
  file,
  type Host,
  type Probe,
  pkg,
  probe,
  type ResourceList,
  unit,
} from 'copse'
import { hardened } from './hardened.ts'
import { namesOf } from './names.ts'

const programs = '/usr/local/lib/copse'
const settingsPath = '/etc/copse/acme'
const authorityPath = '/etc/copse/acme-authority.pem'
const ownNamesPath = '/etc/haproxy/own-names'
const servicePath = '/etc/systemd/system/copse-acme.service'

/** A volume: account and certificates outlive the machine, so that the authority is not asked for each. */
export const acmeHome = '/var/lib/copse-acme'

/** HAProxy takes the certificates that it finds there. */
const issuedPath = `${acmeHome}/served`

/** The program that asks, for whoever wants it asked. */
export const acmeProgram = `${programs}/acme.pl`

/** Balancers with https and names for the public. */
export function acmeHosts(environment: Environment): readonly Host[] {
  return environment.hosts.filter(
    (host) =>
      host.endpoints.some(({ role, name }) => role === 'balancer' && name === 'https') &&
      publicNames(environment, host).length > 0,
  )
}

/** The names that are asked for, in full: further ones of the host, never its own. None where nobody is asked. */
export function publicNames(
  { acme, domain }: Pick<Environment, 'acme' | 'domain'>,
  host: Host,
): readonly string[] {
  const further = host.names.filter((name) => name !== host.name && name !== host.machine)
  return acme ? further.map((name) => `${name}.${domain}`) : []
}

/** The way to the authority; by the usual port every host has one. */
export function acmeFlows({ acme }: Pick<Environment, 'acme'>, { name }: Host) {
  if (!acme) return []
  const port = new URL(acme.directory).port
  return [{ from: name, to: port === '' ? 'internet.https' : `internet.tcp-${port}` }]
}

/** What a balancer's host has for that; undefined where nobody is asked. `pem` is what it has of its environment. */
export function certified(environment: Environment, host: Host, pem: string) {
  const { acme } = environment
  if (!acme) return undefined
  const names = publicNames(environment, host)
  const own = namesOf(environment, host).filter((name) => !names.includes(name))
  return {
    shown: { ownNames: ownNamesPath, issued: issuedPath, responder: '127.0.0.1:402' },
    packages: pkg('lego'),
    /** Before HAProxy, which reads what is there. */
    store: [directory(acmeHome, { mode: 0o700 }), directory(issuedPath, { mode: 0o700 })],
    ownNames: file(ownNamesPath, { content: `${[pem, ...own].join(' ')}\n` }),
    /** After HAProxy, which leads the authority on. Nothing is asked yet: whatever leads here may open later. */
    client: client(acme, names),
  }
}

function client(acme: Acme, names: readonly string[]): ResourceList {
  const { authority } = acme
  const settings = file(settingsPath, { content: settingsOf(acme, names) })
  const known = authority === undefined ? [] : [file(authorityPath, { content: authority })]
  return [
    directory(programs),
    file(acmeProgram, { source: './acme.pl' }),
    settings,
    known,
    file(servicePath, { content: service }),
    unit('copse-acme.timer', { file: timer, restartOn: [servicePath, settings, ...known] }),
  ]
}

function settingsOf({ directory: url, email }: Acme, names: readonly string[]): string {
  const lines = [['directory', url], ['email', email], ...names.map((name) => ['name', name])]
  return lines.map((words) => `${words.join('\t')}\n`).join('')
}

/** It listens below port 1024, and asks HAProxy by its socket; that it begins and ends each hour is no news. */
const service = `[Unit]
Description=Has the public names of this balancer certified by ACME
After=network-online.target haproxy.service

[Service]
Type=oneshot
ExecStart=/usr/bin/perl ${acmeProgram}
TimeoutStartSec=3min
SupplementaryGroups=haproxy
LogLevelMax=notice
${hardened}
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
ReadWritePaths=${acmeHome}
`

/** What `up` could not have issued is tried again; a renewal has a third of a certificate's life for that. */
const timer = `[Unit]
Description=Has the public names of this balancer certified by ACME in time

[Timer]
OnActiveSec=20min
OnUnitActiveSec=1h
RandomizedDelaySec=10min

[Install]
WantedBy=timers.target
`

/** What verifies a certificate that was issued, and why there is none, for probes that the host asks itself. */
export const issued = { issuers: `${acmeHome}/issuers.pem`, said: `${acmeHome}/said` } as const

/** Is each name served by what was issued for it, that stays valid for longer than its renewal could be late? */
export function acmeProbes(environment: Environment, host: Host, port: number): readonly Probe[] {
  return publicNames(environment, host).map((name) => probe.tls(host, port, { name, days: 10, issued }))
}

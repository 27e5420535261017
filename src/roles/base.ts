/** What every host has: a name, the others' names, a guarded way in, and upkeep. */
import {
  defineRole,
  type Environment,
  type FinishInput,
  file,
  hostsWithRole,
  link,
  pkgs,
  probe,
  type RoleInput,
  tcp,
  z,
} from 'copse'
import { firewall } from './base/firewall.ts'
import { doorProbes } from './base/firewall-probes.ts'
import { identity, resolver } from './base/identity.ts'
import { hasOperator, operator, sshd } from './base/login.ts'
import { doorOf, logKeeper, upload } from './base/logs.ts'
import { carbonDoors, isMeasured, measurements } from './base/metrics.ts'
import { isMonitored, monitor } from './base/monitor.ts'
import { journal, timeSync, upgrades } from './base/upkeep.ts'

const options = z.strictObject({
  /** The account that people's keys open; it may do everything by sudo. Nobody has one where there are no people. */
  operator: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,30}$/, 'must be a lower-case account name of at most 31 characters')
    .refine((name) => name !== 'root', "root's keys are the provider's")
    .default('ops'),
  /** `chrony` keeps the clock right; `auto`: on servers that copse did not make. */
  timeSync: z.enum(['auto', 'chrony', 'none']).default('auto'),
  /** Lets in and out what flows declare and nothing else. */
  firewall: z.boolean().default(true),
  /** Sends its figures (cpu, memory, load, disks, network) to the hosts with the role `metrics`, where there are any. */
  metrics: z.boolean().default(true),
  /** Brings its journal, line for line, to the host with the role `logs`, where there is one. */
  logs: z.boolean().default(true),
  /** Asks its probes by itself each minute, where there is a host with the role `logs` or `metrics` to tell. */
  monitor: z.boolean().default(true),
  /** Installed each day without asking. */
  upgrades: z.enum(['security', 'none']).default('security'),
  /** Disk that the journal may use: `200M`. */
  journalMaxUse: z
    .string()
    .regex(/^[1-9]\d*[MG]$/, 'must be a size such as 200M or 1G')
    .default('200M'),
})

type Options = z.output<typeof options>
type Input = RoleInput<Options>

/** The role that every host has by itself; list it to set its options. */
export const base = defineRole({
  name: 'base',
  options,
  endpoints: () => ({ ssh: tcp(22) }),
  monitors: ({ monitor }) => monitor,
  resources,
  finish,
  probes: ({ environment, host, options }) => [
    probe.command(host, "sshd -T | grep '^passwordauthentication '", { prints: 'passwordauthentication no' }),
    ...(options.firewall ? [probe.unit(host, 'copse-firewall'), ...doorProbes(environment, host)] : []),
  ],
  flows,
})

/** The way in; names and packages; the time; its figures and its journal. */
function flows({ environment, host: { name }, options }: Input) {
  const ways = ['internet.dns', 'internet.http', 'internet.https']
  if (hostsWithRole(environment, 'dns').length > 0) ways.push('dns.dns', 'dns.dns-tcp')
  if (keepsTime(options.timeSync, environment)) ways.push('internet.ntp')
  if (isMeasured(options.metrics, environment)) ways.push(...carbonDoors(environment))
  const keeper = logKeeper(options.logs, environment)
  if (keeper) ways.push(doorOf(keeper))
  return [{ from: 'operators', to: `${name}.ssh` }, ...ways.map((to) => ({ from: name, to }))]
}

function resources({ environment, host, options }: Input) {
  // pam_env complains at each login where /etc/default/locale is missing; Debian 13 makes it this link.
  const locale = [
    file('/etc/locale.conf', { content: 'LANG=C.UTF-8\n' }),
    link('/etc/default/locale', '../locale.conf'),
  ]
  const isUpgraded = options.upgrades === 'security'
  const isTimed = keepsTime(options.timeSync, environment)
  const isObserved = isMeasured(options.metrics, environment)
  const keeper = logKeeper(options.logs, environment)
  const isOperated = hasOperator(environment)
  const packages = [
    ...['ca-certificates', 'curl', 'bind9-dnsutils'],
    ...(options.firewall ? ['nftables'] : []),
    ...(isUpgraded ? ['unattended-upgrades'] : []),
    ...(isTimed ? ['chrony'] : []),
    ...(isOperated ? ['sudo'] : []),
    ...(isObserved ? ['collectd-core'] : []),
    ...(keeper ? ['systemd-journal-remote'] : []),
  ]
  return [
    identity(environment, host),
    // Packages side by side are installed at once, which takes a fraction of the time.
    pkgs(...packages),
    locale,
    sshd(),
    options.firewall ? firewall(environment, host) : [],
    journal(options.journalMaxUse),
    isUpgraded ? upgrades() : [],
    isTimed ? timeSync() : [],
    isOperated ? operator(options.operator, environment) : [],
    isObserved ? measurements(environment, host) : [],
    keeper ? upload(keeper, host) : [],
  ]
}

function finish({ environment, host, options, asks }: FinishInput<Options>) {
  const isObserved = isMeasured(options.metrics, environment)
  return [
    isMonitored(options.monitor, environment) ? monitor({ environment, host }, asks, isObserved) : [],
    resolver(environment),
  ]
}

/** Machines on a box are containers, which take their time from it. */
function keepsTime(wanted: 'auto' | 'chrony' | 'none', { provider }: Environment): boolean {
  return wanted === 'chrony' || (wanted === 'auto' && provider.provider !== 'incus')
}

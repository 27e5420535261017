/** Where every line of every host's journal ends up: one file per host, proven by certificate on both sides. */
import {
  defineRole,
  type Environment,
  edgesOf,
  endOf,
  type Host,
  pkgs,
  probe,
  type RoleInput,
  tcp,
  udp,
  z,
} from 'copse'
import { doorOf } from './base/logs.ts'
import { alert } from './logs/alert.ts'
import { door } from './logs/door.ts'
import { intake, journals } from './logs/intake.ts'
import { syslog } from './logs/syslog.ts'
import { serverCertificate } from './tls.ts'

const options = z.strictObject({
  port: z.int().min(1).max(65_535).default(19_532),
  /** MiB that the older files of each host may use: a noisy host loses its own lines and nobody else's. */
  keep: z.int().min(64).max(1_048_576).default(512),
  /** Takes in classic syslog too, at port 514 by UDP and TCP, from hosts that a flow leads here from. */
  syslog: z.boolean().default(true),
})

type Input = RoleInput<z.output<typeof options>>

/** Hosts bring their journals (see `base`); what they could not bring while this one was away they bring later. */
export const logs = defineRole({
  name: 'logs',
  options,
  isSingle: true,
  endpoints: ({ port, syslog }) => ({
    journal: { ...tcp(port), tls: true },
    ...(syslog && { 'syslog-tcp': tcp(514), 'syslog-udp': udp(514) }),
  }),
  volumes: () => ({ journals }),
  resources,
  probes,
})

function resources({ environment, host, options: { port, keep, syslog: takesSyslog } }: Input) {
  const clients = clientsOf(environment, host)
  return [
    pkgs('haproxy', 'systemd-journal-remote', ...(takesSyslog ? ['rsyslog'] : [])),
    serverCertificate('logs', host, { group: 'haproxy' }),
    intake(clients, keep),
    door(host, { port, clients }),
    takesSyslog ? syslog(host.address) : [],
    alert(environment, host, clients),
  ]
}

/** Hosts that a flow leads here from, and this one where it brings its own. */
function clientsOf(environment: Environment, host: Host): readonly Host[] {
  const brings = (client: Host) =>
    client.name === host.name
      ? environment.flows.some(({ from, to }) => from === host.name && to === doorOf(host))
      : edgesOf(environment).some(
          ({ from, to, endpoint: { role, name } }) =>
            endOf(from) === client.name && endOf(to) === host.name && role === 'logs' && name === 'journal',
        )
  return environment.hosts.filter(brings)
}

function probes({ environment, host, options: { port, syslog: takesSyslog } }: Input) {
  return [
    probe.unit(host, 'copse-logs'),
    ...(takesSyslog ? [probe.unit(host, 'rsyslog')] : []),
    ...(environment.alert ? [probe.unit(host, 'copse-alert.timer')] : []),
    probe.tls(host, port, { as: 'logs' }),
    ...clientsOf(environment, host).flatMap((client) => [
      probe.logSent(host, { from: { host: client.name } }),
      probe.logKept(host, { of: client, journals }),
    ]),
  ]
}

/** What HAProxy counts, sent to Graphite: requests, errors and latency of each back-end and of each of its servers. */
import { directory, type Environment, file, type Host, hostsWithRole, type ResourceList, unit } from 'copse'
import { hardened } from './hardened.ts'

const scriptPath = '/usr/local/lib/copse/haproxy-report'

/** Nothing where the environment keeps no figures. */
export function reporter(environment: Environment, { name }: Host): ResourceList {
  const doors = hostsWithRole(environment, 'metrics').map(({ address }) => `${address}:2003`)
  if (doors.length === 0) return []
  const script = file(scriptPath, { source: './haproxy-report.pl', mode: 0o755 })
  return [
    directory('/usr/local/lib/copse'),
    script,
    unit('haproxy-report', { file: service(name, doors), restartOn: [script] }),
  ]
}

function service(name: string, doors: readonly string[]): string {
  return `[Unit]
Description=Tells Graphite what HAProxy counts
After=haproxy.service

[Service]
User=haproxy
ExecStart=${[scriptPath, name, ...doors].join(' ')}
Restart=always
RestartSec=5
${hardened}
RestrictAddressFamilies=AF_INET AF_UNIX

[Install]
WantedBy=multi-user.target
`
}

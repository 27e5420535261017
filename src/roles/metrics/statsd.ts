/** StatsD: counts what programs send by UDP, and hands it to Carbon at each flush. */
import { directory, file, type ResourceList, unit, user } from 'copse'
import { hardened } from '../hardened.ts'
import { flush } from './retention.ts'

const home = '/usr/local/lib/copse/statsd'
const confPath = '/etc/copse/statsd.js'

/** Of the npm package, what it needs to receive by UDP and to write to Carbon. */
const parts = [
  'stats.js',
  'lib/config.js',
  'lib/helpers.js',
  'lib/logger.js',
  'lib/mgmt_console.js',
  'lib/mgmt_server.js',
  'lib/process_metrics.js',
  'lib/process_mgmt.js',
  'lib/set.js',
  'servers/udp.js',
  'backends/graphite.js',
]

/** StatsD on the address that Carbon listens on too. It needs the package nodejs. */
export function statsd(address: string): ResourceList {
  const program = parts.map((part) => file(`${home}/${part}`, { source: sourceOf(part) }))
  const folders = new Set(program.map(({ key }) => key.slice(0, key.lastIndexOf('/'))))
  return [
    user('statsd', { system: true, home: '/nonexistent' }),
    [...folders].map((path) => directory(path)),
    program,
    file(confPath, { content: statsdConf(address) }),
    unit('statsd', { file: service, restartOn: [confPath, ...program] }),
  ]
}

/** Beside copse's own packages, wherever copse itself is installed. */
function sourceOf(part: string): string {
  return decodeURIComponent(new URL(import.meta.resolve(`statsd/${part}`)).pathname)
}

/** What nobody sends any more is not made up: counters, timers and sets at once, gauges after a minute. */
export function statsdConf(address: string): string {
  const settings = {
    address,
    port: 8125,
    mgmt_address: '127.0.0.1',
    mgmt_port: 8126,
    backends: ['./backends/graphite'],
    graphiteHost: address,
    graphitePort: 2003,
    graphite: { legacyNamespace: false },
    flushInterval: flush * 1000,
    deleteIdleStats: true,
    gaugesMaxTTL: 60 / flush,
    automaticConfigReload: false,
  }
  return `(${JSON.stringify(settings, null, 2)})\n`
}

/**
 * It flushes each ten seconds from its start on. Begun late in a step, a flush that comes late would fall into the next
 * step, and the one after it replaces its values there: so it begins early in one.
 */
const service = `[Unit]
Description=StatsD
After=network-online.target carbon-cache.service
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
User=statsd
ExecStart=/bin/sh -c 'late=$$(($$(date +%%s) %% ${flush})); [ $$late -lt 6 ] || sleep $$((${flush} - late)); exec /usr/bin/node ${home}/stats.js ${confPath}'
Restart=always
RestartSec=1
${hardened}
RestrictAddressFamilies=AF_INET AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
`

/** Where the environment's figures are kept and looked at: Graphite, with StatsD before it. */
import { defineRole, directory, file, type Host, pkgs, probe, type RoleInput, tcp, udp, unit, z } from 'copse'
import { carbon, dataPath } from './metrics/carbon.ts'
import { graphiteWeb } from './metrics/graphite-web.ts'
import { nginxServer, pagesPath } from './metrics/nginx.ts'
import { pages } from './metrics/page.ts'
import { parseRetention } from './metrics/retention.ts'
import { statsd } from './metrics/statsd.ts'

const options = z.strictObject({
  /**
   * Steps and how long each is kept, as Graphite writes it. A series' file has 12 bytes for each point from the first day
   * on: 95 kB by default, for 30 days.
   */
  retention: z
    .string()
    .default('10s:2h,1m:2d,10m:30d')
    .superRefine((text, context) => {
      const parsed = parseRetention(text)
      if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed })
    }),
  /** Of the web page. */
  port: z.int().min(1).max(65_535).default(80),
})

type Input = RoleInput<z.output<typeof options>>

const serverPath = '/etc/nginx/conf.d/graphite.conf'

/** Every host sends its own figures here (see `base`), and programs theirs where a flow leads to `metrics.statsd`. */
export const metrics = defineRole({
  name: 'metrics',
  options,
  endpoints: ({ port }) => ({ carbon: tcp(2003), statsd: udp(8125), page: tcp(port) }),
  volumes: () => ({ graphite: dataPath }),
  resources,
  flows: ({ environment, host: { name } }) => [
    { from: 'operators', to: `${name}.page` },
    ...askersOf(environment.hosts).flatMap((asker) =>
      ['statsd', 'page'].map((endpoint) => ({ from: asker.name, to: `${name}.${endpoint}` })),
    ),
  ],
  probes,
})

function resources({ environment, host, options: { port, retention } }: Input) {
  return [
    pkgs('graphite-carbon', 'graphite-web', 'gunicorn', 'nginx', 'nodejs'),
    ['/usr/local/lib/copse', '/usr/local/share/copse', pagesPath].map((path) => directory(path)),
    carbon(host.address, retention),
    statsd(host.address),
    graphiteWeb(),
    Object.entries(pages(environment)).map(([name, content]) => file(`${pagesPath}/${name}`, { content })),
    // Debian's own site would be a second default on the same port.
    directory('/etc/nginx/sites-enabled', { exclusive: true }),
    file(serverPath, {
      content: nginxServer(port),
      validate: `printf 'events {}\\nhttp { include %s; }\\n' >nginx.conf && nginx -t -q -c "$PWD/nginx.conf"`,
    }),
    unit('nginx', { reloadOn: [serverPath] }),
  ]
}

/** One host without the role, by which it is seen that figures of others arrive. */
function askersOf(hosts: readonly Host[]): readonly Host[] {
  return hosts.filter(({ roles }) => !roles.includes('metrics')).slice(0, 1)
}

function probes({ environment, host, options: { port } }: Input) {
  return [
    ...['carbon-cache', 'statsd', 'graphite-web', 'nginx'].map((name) => probe.unit(host, name)),
    probe.http(host, `http://${host.fqdn}:${port}/render?target=carbon.agents.*.cpuUsage&format=json`),
    ...[host, ...askersOf(environment.hosts)].map((from) =>
      probe.statsd(host, { port, from: { host: from.name } }),
    ),
    // StatsD's console and Carbon's cache believe everybody: only programs of the host itself may ask them.
    ...[8126, 7002].map((door) => probe.tcp(host, door, { expect: 'closed' })),
  ]
}

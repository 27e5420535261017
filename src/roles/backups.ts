/** Keeps what other hosts save: dumps come in over HTTPS, are checked, and stay until newer ones take their place. */
import {
  defineRole,
  directory,
  type Environment,
  edgesOf,
  endOf,
  file,
  type Host,
  mask,
  pkg,
  probe,
  type ResourceList,
  type RoleInput,
  secret,
  secretText,
  tcp,
  unit,
  z,
} from 'copse'
import { nginxForBackups, root } from './backups/nginx.ts'
import { authority, serverCertificate, tlsOf } from './tls.ts'

const options = z.strictObject({
  port: z.int().min(1).max(65_535).default(9443),
  /** How many dumps of each database stay. */
  keep: z.int().min(1).max(1000).default(7),
})

type Input = RoleInput<z.output<typeof options>>

const home = '/etc/copse/backups'
const confPath = `${home}/nginx.conf`
const usersPath = `${home}/users`

/**
 * The host that has something to save brings it, so that this one needs no key to any other. What has been taken in can be
 * read by whoever brought it, and neither changed nor removed from there: a host that is taken over cannot reach its own
 * past. The directory is a volume.
 */
export const backups = defineRole({
  name: 'backups',
  options,
  endpoints: ({ port }) => ({ backups: { ...tcp(port), tls: true } }),
  volumes: () => ({ backups: root }),
  resources,
  probes: ({ host, options: { port } }) => [
    probe.unit(host, 'copse-backups'),
    probe.unit(host, 'copse-backups-accept.path'),
    probe.tls(host, port),
    // Nobody who brings no password.
    probe.command(
      host,
      `curl -s -o /dev/null -w '%{http_code}' --max-time 4 --cacert ${authority} https://${host.fqdn}:${port}/kept/`,
      { prints: '401' },
    ),
  ],
})

function resources({ environment, host, options: { port, keep } }: Input) {
  const tls = tlsOf('backups')
  const content = nginxForBackups({ address: host.address, port, tls })
  const savers = saversOf(environment, host)
  return [
    pkg('nginx'),
    serverCertificate('backups', host),
    // What the package starts by itself is not ours.
    mask('nginx', { unlessWanted: true }),
    directory(root, { mode: 0o711 }),
    directory(`${root}/in`, { mode: 0o711 }),
    directory(`${root}/in/.body`, { owner: 'www-data', mode: 0o700 }),
    savers.map(({ name }) => [
      directory(`${root}/in/${name}`, { owner: 'www-data', mode: 0o700 }),
      directory(`${root}/${name}`, { group: 'www-data', mode: 0o750 }),
    ]),
    directory(home),
    file(usersPath, { content: passwordsOf(savers), group: 'www-data', mode: 0o640 }),
    file(confPath, { content, validate: 'nginx -t -q -c %s' }),
    unit('copse-backups', { file: service, reloadOn: [confPath, usersPath, tls.certificate] }),
    acceptance(savers, keep),
  ]
}

/** Hosts that a flow leads here from, and this one where it saves something itself. */
export function saversOf(environment: Environment, host: Host): readonly Host[] {
  const sources = edgesOf(environment).flatMap(({ from, to, endpoint }) =>
    endOf(to) === host.name && endpoint.role === 'backups' && typeof from !== 'string' ? [from] : [],
  )
  return [...new Set(host.roles.includes('postgres') ? [host, ...sources] : sources)]
}

/** The password with which a host brings what it saves. */
export function backupPassword(host: string) {
  return secret(`backups-${host}`, { generate: 40 })
}

function passwordsOf(savers: readonly Host[]) {
  return savers.reduce(
    (text, { name }) => secretText`${text}${name}:{PLAIN}${backupPassword(name)}\n`,
    secretText``,
  )
}

const service = `[Unit]
Description=Takes in what other hosts save
Wants=network-online.target
After=network-online.target

[Service]
Type=forking
PIDFile=/run/copse-backups.pid
ExecStart=/usr/sbin/nginx -q -c ${confPath}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
Restart=on-failure
RestartSec=1

[Install]
WantedBy=multi-user.target
`

/** What has arrived whole is looked at at once. systemd watches no directory whose own name is a pattern. */
function acceptance(savers: readonly Host[], keep: number): ResourceList {
  const name = 'copse-backups-accept'
  const program = `${home}/accept`
  const servicePath = `/etc/systemd/system/${name}.service`
  return [
    file(program, { source: 'backups/accept.sh', mode: 0o755 }),
    file(servicePath, {
      content: `[Unit]
Description=Checks and keeps what has come in

[Service]
Type=oneshot
ExecStart=${program} ${root} ${keep}
`,
    }),
    unit(`${name}.path`, {
      file: `[Path]
${savers.map(({ name }) => `PathExistsGlob=${root}/in/${name}/*.manifest\n`).join('')}
[Install]
WantedBy=multi-user.target
`,
      restartOn: [servicePath],
    }),
  ]
}

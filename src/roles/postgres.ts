/** PostgreSQL: databases for apps, on a volume, behind TLS and passwords. */
import {
  defineRole,
  type Environment,
  edgesOf,
  endOf,
  file,
  type Host,
  pkg,
  probe,
  type RoleInput,
  tcp,
  type Use,
  unit,
  z,
} from 'copse'
import { access, databaseName, databaseOfApp, databasesOf, passwordOf } from './postgres/access.ts'
import { backupProgram, drillProbes, dumps, keeperOf } from './postgres/backup.ts'
import { clusterOf, makeCluster, volume } from './postgres/cluster.ts'
import { pgHba, postgresqlConf } from './postgres/settings.ts'
import { authority, serverCertificate, tlsOf } from './tls.ts'

const options = z.strictObject({
  /**
   * Each with a role of the same name that owns it, and a generated password: the secret `postgres-NAME`. Apps that use
   * `postgres` each have one of their own name anyway.
   */
  databases: z.array(databaseName).default([]),
  /** Who may connect: hosts, groups or roles. */
  clients: z.array(z.string()).default([]),
  port: z.int().min(1).max(65_535).default(5432),
  /** MiB that all connections share. */
  sharedBuffers: z.int().min(1).max(1_048_576).default(32),
  maxConnections: z.int().min(5).max(10_000).default(50),
  backup: z
    .strictObject({
      /** The host that keeps dumps; it has the role `backups`. Default: the first other host that has it. */
      to: z.string().optional(),
      /** When they are made, UTC. */
      at: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 03:10')
        .default('03:10'),
      /** Hours after which the newest one is too old. */
      maxAge: z.int().min(1).max(8784).default(26),
    })
    .prefault({}),
})

type Input = RoleInput<z.output<typeof options>>

/** One cluster, whose data outlives its machine. */
export const postgres = defineRole({
  name: 'postgres',
  options,
  endpoints: ({ port }) => ({ postgres: { ...tcp(port), tls: true } }),
  offers,
  volumes: () => ({ postgres: volume }),
  // Its package brings them; nothing of ours uses them.
  secrets: ['/etc/ssl/certs/ssl-cert-snakeoil.pem', '/etc/ssl/private/ssl-cert-snakeoil.key'],
  resources,
  flows,
  restorable: ({ environment, host, options: { databases, backup } }) =>
    keeperOf(environment, host, backup)
      ? databasesOf(environment, host, databases).map((name) => ({ name, program: backupProgram }))
      : [],
  probes,
})

/** As libpq, and what reads its variables, knows them. */
function offers({ app, host, endpoint }: Pick<Use<unknown>, 'app' | 'host' | 'endpoint'>) {
  const database = databaseOfApp(app)
  return {
    PGHOST: host.fqdn,
    PGPORT: endpoint.port,
    PGDATABASE: database,
    PGUSER: database,
    PGPASSWORD: passwordOf(database),
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: authority,
  }
}

function flows({ environment, host, options: { clients, backup } }: Input) {
  const keeper = backup.to ?? keeperOf(environment, host, backup)?.name
  return [
    ...clients.map((from) => ({ from, to: `${host.name}.postgres` })),
    ...(keeper === undefined ? [] : [{ from: host.name, to: `${keeper}.backups` }]),
  ]
}

function resources({ environment, host, options }: Input) {
  const { port, sharedBuffers, maxConnections } = options
  const databases = databasesOf(environment, host, options.databases)
  const keeper = keeperOf(environment, host, options.backup)
  const cluster = clusterOf(host)
  const { settings, version } = cluster
  const tls = tlsOf('postgres')
  const confPath = `${settings}/postgresql.conf`
  const hbaPath = `${settings}/pg_hba.conf`
  const conf = postgresqlConf({ cluster, address: host.address, port, sharedBuffers, maxConnections, tls })
  const own = { owner: 'postgres', group: 'postgres' }
  return [
    // Before the package, which would make a cluster of its own.
    file('/etc/postgresql-common/createcluster.conf', { content: 'create_main_cluster = false\n' }),
    pkg(`postgresql-${version}`),
    serverCertificate('postgres', host, { group: 'postgres' }),
    makeCluster(cluster),
    file(confPath, { content: conf, ...own }),
    file(hbaPath, { content: pgHba(addressesOf(environment, host)), mode: 0o640, ...own }),
    file(`${settings}/pg_ident.conf`, { content: '', mode: 0o640, ...own }),
    file(`${settings}/start.conf`, { content: 'auto\n', ...own }),
    unit(cluster.unit, {
      // Its address is the only one that it listens on, and may come up after it.
      dropIn:
        '[Unit]\nWants=network-online.target\nAfter=network-online.target\n\n[Service]\nRestart=on-failure\nRestartSec=1\n',
      restartOn: [confPath],
      reloadOn: [hbaPath, `${settings}/pg_ident.conf`, tls.certificate],
    }),
    // By which Debian means all clusters together; it would run from the next boot on.
    unit('postgresql'),
    access(databases),
    keeper ? dumps(host, keeper, { ...options.backup, databases }) : [],
  ]
}

/** Of the host itself and of every host that a flow leads here from. */
function addressesOf(environment: Environment, host: Host): readonly string[] {
  const clients = edgesOf(environment).flatMap(({ from, to, endpoint }) =>
    endOf(to) === host.name && endpoint.role === 'postgres' && typeof from !== 'string' ? [from.address] : [],
  )
  return [...new Set([host.address, ...clients])]
}

function probes({ environment, host, options: { port, databases: asked, backup } }: Input) {
  const databases = databasesOf(environment, host, asked)
  return [
    probe.unit(host, clusterOf(host).unit),
    probe.tls(host, port, { starttls: 'postgres' }),
    ...databases.flatMap((database) =>
      probe.postgres(host, { database, authority, from: { host: host.name } }),
    ),
    ...(keeperOf(environment, host, backup) ? drillProbes(host, databases) : []),
  ]
}

/** `postgresql.conf` and `pg_hba.conf`: the whole of both. Pure. */
import type { Cluster } from './cluster.ts'

/** What may be set, besides where the cluster is. */
export interface Settings {
  readonly cluster: Cluster
  /** The only address that it listens on, besides a socket file. */
  readonly address: string
  readonly port: number
  /** MiB that all connections share. */
  readonly sharedBuffers: number
  readonly maxConnections: number
  readonly tls: { readonly certificate: string; readonly key: string }
}

/** Sized for a small host; the system's own cache does the rest. */
export function postgresqlConf(settings: Settings): string {
  const { cluster, address, port, tls } = settings
  const lines = {
    data_directory: text(cluster.data),
    hba_file: text(`${cluster.settings}/pg_hba.conf`),
    ident_file: text(`${cluster.settings}/pg_ident.conf`),
    external_pid_file: text(`/run/postgresql/${cluster.version}-main.pid`),
    cluster_name: text(`${cluster.version}/main`),
    // On all addresses it would start without this one, where that comes up late, and never listen there.
    listen_addresses: text(address),
    port: `${port}`,
    unix_socket_directories: text('/run/postgresql'),
    max_connections: `${settings.maxConnections}`,
    // A client whose machine has gone says nothing. After 35 s another one has its place; by default that takes two hours.
    tcp_keepalives_idle: '20',
    tcp_keepalives_interval: '5',
    tcp_keepalives_count: '3',
    password_encryption: 'scram-sha-256',
    ssl: 'on',
    ssl_cert_file: text(tls.certificate),
    ssl_key_file: text(tls.key),
    shared_buffers: `${settings.sharedBuffers}MB`,
    dynamic_shared_memory_type: 'posix',
    autovacuum_max_workers: '2',
    max_parallel_workers: '2',
    jit: 'off',
    min_wal_size: '32MB',
    max_wal_size: '256MB',
    // The journal keeps what it says, and bounds it.
    log_destination: text('syslog'),
    syslog_ident: text('postgres'),
    log_line_prefix: text('%q%u@%d '),
    log_checkpoints: 'off',
    lc_messages: text('C.UTF-8'),
    timezone: text('Etc/UTC'),
    log_timezone: text('Etc/UTC'),
  }
  return Object.entries(lines)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

/** Who comes over the network comes with TLS and its own password, to the database of its own name. The first line that fits counts. */
export function pgHba(clients: readonly string[]): string {
  return `${[
    'local all postgres peer',
    'local sameuser all scram-sha-256',
    'hostnossl all all 0.0.0.0/0 reject',
    'hostnossl all all ::/0 reject',
    'hostssl all postgres all reject',
    ...clients.map((address) => `hostssl sameuser all ${address}/32 scram-sha-256`),
  ].join('\n')}\n`
}

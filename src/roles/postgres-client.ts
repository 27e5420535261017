/** What a host needs to use a database of another one: the client, the passwords, and the way there. */
import { defineRole, hostsWithRole, pkg, probe, z } from 'copse'
import { databaseName, passwordFiles } from './postgres/access.ts'
import { authority, serverCertificate } from './tls.ts'

const options = z.strictObject({
  /** Databases that the host may use: their roles' passwords are in `/etc/copse/postgres/NAME.pgpass`, as libpq reads them. */
  databases: z.array(databaseName).min(1),
})

/** Proves from here, over the network, that the databases do their work. */
export const postgresClient = defineRole({
  name: 'postgres-client',
  options,
  resources: ({ host, options: { databases } }) => [
    pkg('postgresql-client'),
    serverCertificate('postgres-client', host),
    passwordFiles(databases),
  ],
  flows: ({ host }) => [{ from: host.name, to: 'postgres.postgres' }],
  probes: ({ environment, host, options: { databases } }) =>
    hostsWithRole(environment, 'postgres').flatMap((server) =>
      databases.flatMap((database) =>
        probe.postgres(server, { database, authority, from: { host: host.name } }),
      ),
    ),
})

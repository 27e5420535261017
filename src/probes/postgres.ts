/** Does a database take, give back and forget what an app's role writes over TLS, and refuse who comes without? */
import { z } from 'zod'
import { type Shell, sh } from '../lib/shell.ts'
import type { Host } from '../model/environment.ts'
import type { Probe } from '../model/probe.ts'
import { absolutePath, oneLine } from '../resources/words.ts'
import { type Answer, defineProbeKind, lastLine, makeProbe, type ProbeOptions, type Reading } from './kind.ts'
import { portNumber } from './words.ts'

const spec = z.strictObject({
  /** As the certificate names it. */
  server: oneLine.min(1),
  port: portNumber,
  /** Also the name of the role. */
  database: oneLine.min(1),
  passwords: absolutePath,
  /** The authority that the server's certificate must be signed by; any certificate will do when absent. */
  authority: absolutePath.optional(),
  /** `app`: as an app comes. The others are to be refused: without TLS, with a wrong password. */
  as: z.enum(['app', 'plain', 'stranger']).default('app'),
})

type PostgresSpec = z.output<typeof spec>

/** In a table of the connection's own, which never was there for others. The last line tells what came back over what. */
const roundTrip = `BEGIN;
CREATE TEMPORARY TABLE copse_probe (word text) ON COMMIT DROP;
INSERT INTO copse_probe VALUES ('written');
UPDATE copse_probe SET word = word || ' and read';
SELECT word, version FROM copse_probe, pg_stat_ssl WHERE pid = pg_backend_pid() \\gset
DELETE FROM copse_probe;
SELECT count(*) AS rest FROM copse_probe \\gset
COMMIT;
\\echo :word over :version, :rest left
`

export const postgresKind = defineProbeKind({
  name: 'postgres',
  spec,
  script: (asked) => {
    const connection = `host=${asked.server} port=${asked.port} dbname=${asked.database} user=${asked.database} connect_timeout=3 ${tlsOf(asked)}`
    return sh`export PGPASSFILE=${asked.passwords} PGAPPNAME=copse${wrongPassword(asked)}
printf %s ${roundTrip} | timeout 5 psql -XqAt -v ON_ERROR_STOP=1 -d ${connection} -f -`
  },
  read: ({ as }, answer) => (as === 'app' ? readApp(answer) : readRefusal(as, answer)),
})

function tlsOf({ as, authority }: PostgresSpec): string {
  if (as === 'plain') return 'sslmode=disable'
  return authority === undefined ? 'sslmode=require' : `sslmode=verify-full sslrootcert=${authority}`
}

/** It comes before the file of passwords. */
function wrongPassword({ as }: PostgresSpec): Shell {
  return as === 'stranger' ? sh` PGPASSWORD=copse-none` : sh``
}

function readApp({ code, output }: Answer): Reading {
  // Hints of psql may come after the reason.
  const said = /FATAL: .*/.exec(output)?.[0] ?? lastLine(output)
  return { answers: code === 0 && /^written and read over TLSv[\d.]+, 0 left$/.test(said), detail: said }
}

/** Only the server's own words prove that it refuses; one that is down lets nobody in either. */
function readRefusal(as: 'plain' | 'stranger', { code, output }: Answer): Reading {
  if (code === 0) return { answers: true, detail: `let in: ${lastLine(output)}` }
  const refusal =
    as === 'plain' ? /FATAL: +pg_hba\.conf .*no encryption/ : /FATAL: +password authentication failed/
  const said = refusal.exec(output)?.[0]
  return { answers: said === undefined ? undefined : false, detail: said ?? lastLine(output) }
}

/** Which database, and how it is asked. */
export interface PostgresWanted extends Pick<ProbeOptions, 'from'> {
  readonly database: string
  /** The file with its role's password, as libpq reads it. Default: where the roles of copse put it. */
  readonly passwords?: string
  readonly authority?: string
}

/** Does the database do its work for its app, and refuse others? Asked where there is a psql. */
export function postgresProbe(host: Host, wanted: PostgresWanted): readonly Probe[] {
  const { database, passwords = `/etc/copse/postgres/${database}.pgpass`, authority, from } = wanted
  const port = host.endpoints.find(({ name }) => name === 'postgres')?.port ?? 5432
  const make = (as: PostgresSpec['as'], words: string): Probe =>
    makeProbe(postgresKind, `${host.name}/${database}${words}`, {
      from,
      to: host.name,
      expect: as === 'app' ? 'answers' : 'closed',
      isFast: false,
      spec: spec.parse({ server: host.fqdn, port, database, passwords, authority, as }),
    })
  return [make('app', ''), make('plain', ' without TLS'), make('stranger', ' with a wrong password')]
}

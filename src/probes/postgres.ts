/** Does a database take, give back and forget what an app's role writes over TLS, and refuse who comes without? */
import { z } from 'zod'
import { type Shell, sh } from '../lib/shell.ts'
import type { Host } from '../model/environment.ts'
import type { Probe } from '../model/probe.ts'
import { absolutePath, oneLine } from '../resources/words.ts'
import { defineProbeKind, makeProbe, type ProbeOptions } from './kind.ts'
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
  // A database that is asked to do much else takes its time.
  seconds: 12,
  // Each refusal is a line in the server's log.
  minutes: ({ as }) => (as === 'app' ? 1 : 10),
  script: (asked) => {
    const connection = `host=${asked.server} port=${asked.port} dbname=${asked.database} user=${asked.database} connect_timeout=5 ${tlsOf(asked)}`
    return sh`export PGPASSFILE=${asked.passwords} PGAPPNAME=copse${wrongPassword(asked)}
printf %s ${roundTrip} | timeout 8 psql -XqAt -v ON_ERROR_STOP=1 -d ${connection} -f -`
  },
  words: ({ as }) => [as],
  // Hints of psql may come after the reason. Only the server's own words prove that it refuses; one that is down lets nobody in either.
  judge: String.raw`
my ($as) = @words;
my $last = last_line($output);
if ($as eq "app") {
  my $said = $output =~ /(FATAL: .*)/ ? $1 : $last;
  my $is_whole = $said =~ /^written and read over TLSv[\d.]+, 0 left$/;
  return ($code == 0 && $is_whole, $said);
}
return (1, "let in: $last") if $code == 0;
my $refusal = $as eq "plain" ? qr/FATAL: +pg_hba\.conf .*no encryption/ : qr/FATAL: +password authentication failed/;
return $output =~ /($refusal)/ ? (0, $1) : (undef, $last);
`,
})

function tlsOf({ as, authority }: PostgresSpec): string {
  if (as === 'plain') return 'sslmode=disable'
  return authority === undefined ? 'sslmode=require' : `sslmode=verify-full sslrootcert=${authority}`
}

/** It comes before the file of passwords. */
function wrongPassword({ as }: PostgresSpec): Shell {
  return as === 'stranger' ? sh` PGPASSWORD=copse-none` : sh``
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

/** Databases, each with a role of the same name that owns it and comes in with a password of its own. */
import {
  command,
  directory,
  type Environment,
  file,
  type Host,
  type ResourceList,
  type SecretReference,
  secret,
  secretText,
  z,
} from 'copse'

export const home = '/etc/copse/postgres'

/** Also a role, a file and, with hyphens, a secret. */
export const databaseName = z
  .string()
  .regex(
    /^(?!pg_|copse_|template[01]$|postgres$)[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/,
    'must be lower-case letters, digits and single underscores, and none of PostgreSQL itself',
  )
  .max(40)

/** An app's own, which is called like it. */
export function databaseOfApp(app: string): string {
  return app.replaceAll('-', '_')
}

/** Those that were asked for, and one for each app that uses the host's; each once. */
export function databasesOf(
  { apps }: Environment,
  host: Pick<Host, 'name'>,
  asked: readonly string[],
): readonly string[] {
  const using = apps.filter(({ uses }) => uses.includes(`${host.name}.postgres`))
  return [...new Set([...asked, ...using.map(({ name }) => databaseOfApp(name))])]
}

/** Of the role that owns the database. */
export function passwordOf(database: string): SecretReference {
  return secret(`postgres-${database.replaceAll('_', '-')}`, { generate: 32 })
}

/** Where libpq finds the password of a database's role. */
export function passwordFile(database: string): string {
  return `${home}/${database}.pgpass`
}

/** Under any name of the server: who may come in is not decided by what it is called. */
export function passwordFiles(databases: readonly string[]): ResourceList {
  return [
    directory(home),
    databases.map((name) =>
      file(passwordFile(name), { content: secretText`*:*:${name}:${name}:${passwordOf(name)}\n` }),
    ),
  ]
}

/** It needs the cluster to run. Who is no longer wanted is locked out; the data stays. */
export function access(databases: readonly string[]): ResourceList {
  const settle = `perl ${home}/settle.pl`
  return [
    passwordFiles(databases),
    file(`${home}/databases`, { content: databases.map((name) => `${name}\n`).join('') }),
    file(`${home}/postgres.pl`, { source: 'postgres.pl' }),
    file(`${home}/settle.pl`, { source: 'settle.pl' }),
    command(settle, {
      name: 'settle databases and their roles',
      unless: `${settle} --check`,
      runOn: [`${home}/databases`, ...databases.map(passwordFile)],
    }),
  ]
}

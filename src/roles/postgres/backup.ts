/** Dumps each night, kept on another host, each restored at once to prove that it can be. */
import {
  command,
  type Environment,
  file,
  type Host,
  hostsWithRole,
  probe,
  type ResourceList,
  secretText,
  timer,
} from 'copse'
import { backupPassword } from '../backups.ts'
import { authority } from '../tls.ts'
import { home } from './access.ts'

export interface BackupSettings {
  /** The host that keeps the dumps. */
  readonly to?: string | undefined
  /** `03:10`, UTC. */
  readonly at: string
  /** Hours. */
  readonly maxAge: number
}

/** The host that was named, else the first other one that keeps backups. */
export function keeperOf(environment: Environment, host: Host, { to }: BackupSettings): Host | undefined {
  if (to !== undefined) return environment.hosts.find(({ name }) => name === to)
  const keepers = hostsWithRole(environment, 'backups')
  return keepers.find(({ name }) => name !== host.name) ?? keepers[0]
}

export const backupProgram: readonly string[] = ['perl', `${home}/backup.pl`]

interface DumpSettings extends BackupSettings {
  readonly databases: readonly string[]
}

const program = backupProgram.join(' ')

/** It needs databases that are settled. A host that keeps nothing yet is waited for: it may be made at the same time. */
export function dumps(host: Host, keeper: Host, settings: DumpSettings): ResourceList {
  const { databases, at, maxAge } = settings
  const port = keeper.endpoints.find(({ name }) => name === 'backups')?.port ?? 9443
  const url = `https://${keeper.fqdn}:${port}`
  return [
    file(`${home}/keeper`, { content: `host\t${keeper.name}\nurl\t${url}\nage\t${maxAge}\n` }),
    file(`${home}/keeper.curl`, {
      content: secretText`user = "${host.name}:${backupPassword(host.name)}"\ncacert = "${authority}"\n`,
    }),
    ['keeper.pl', 'counts.pl', 'backup.pl'].map((name) => file(`${home}/${name}`, { source: name })),
    timer('copse-postgres-dump', {
      description: 'Dump every database, and restore each dump to prove it',
      command: `exec ${program} nightly`,
      onCalendar: `*-*-* ${at}:00 UTC`,
      randomizedDelaySec: '10min',
    }),
    command(`exec ${program} first`, {
      name: 'dump databases for the first time',
      unless: databases.map((name) => `[ -e /var/lib/copse-postgres/${name} ]`).join(' && ') || 'true',
    }),
  ]
}

/** Was the newest dump restored not long ago? */
export function drillProbes(host: Host, databases: readonly string[]) {
  return databases.map((name) => probe.command(host, `${program} drilled ${name}`))
}

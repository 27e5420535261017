/**
 * The package versions of one environment for another: what `up --versions-of` adds to what is wanted of its hosts. Nothing is
 * held at them: the next upgrade of a host goes on from there.
 */
import { CopseError } from '../../lib/errors.ts'
import { sh } from '../../lib/shell.ts'
import type { Desired, DesiredHost } from '../../model/desired.ts'
import { command } from '../../resources/command.ts'
import { Unreachable } from '../../transports/transport.ts'
import { versionsProgram } from '../remote-scripts.ts'
import type { ReadSession } from '../session.ts'

/** Of each host by name: a line `NAME VERSION` per package that is installed there and not held. */
export type Versions = ReadonlyMap<string, string>

/** A package that is not in the version that was asked for. */
export interface Behind {
  readonly host: string
  readonly name: string
  readonly here: string
  readonly wanted: string
  /** No source of the host has that version any more. */
  readonly isGone: boolean
}

const list = `dpkg-query -W -f '\${db:Status-Abbrev} \${Package} \${Version}\\n' | awk '$1 == "ii" { print $2, $3 }'`

/**
 * Those of the hosts that have the same release of Debian in `desired`. Throws CopseError `failed` where one of them cannot be
 * asked: its versions would be a guess.
 */
export async function versionsOf(
  { desired: { environment }, reader, context: { signal } }: ReadSession,
  { environment: { hosts } }: Desired,
): Promise<Versions> {
  const alike = environment.hosts.filter((host) =>
    hosts.some(({ name, debian }) => name === host.name && debian === host.debian),
  )
  return new Map(
    await Promise.all(
      alike.map(async ({ name }) => {
        const { code, stdout, stderr } = await (await reader(name)).run({ main: { text: list } }, signal)
        if (code !== 0 || stdout === '')
          throw new CopseError(
            'failed',
            `the packages of ${environment.name}/${name} are not known: ${stderr.trim()}`,
          )
        return [name, stdout] as const
      }),
    ),
  )
}

/** The definition with these versions besides; `from` is the environment that has them. */
export function withVersions(desired: Desired, from: string, versions: Versions): Desired {
  return { ...desired, hosts: desired.hosts.map((one) => hostWith(one, from, versions.get(one.host.name))) }
}

function hostWith(desired: DesiredHost, from: string, packages: string | undefined): DesiredHost {
  if (packages === undefined) return desired
  const call = (verb: string) =>
    sh`list=$(mktemp)
trap 'rm -f "$list"' EXIT
printf %s ${packages} >"$list"
perl -e ${versionsProgram()} ${verb} "$list"`.shell
  const name = `versions of ${from}`
  return {
    ...desired,
    resources: [...desired.resources, command(call('take'), { name, onlyIf: call('lack') })],
  }
}

/** What is still another on hosts that answer. */
export async function stillBehind(session: ReadSession, versions: Versions): Promise<readonly Behind[]> {
  const asked = [...versions].map(async ([host, packages]) => {
    const archive = {
      ...{ program: { text: versionsProgram() }, list: { text: packages } },
      main: { text: 'exec perl program differ list\n' },
    }
    try {
      const { stdout } = await (await session.reader(host)).run(archive, session.context.signal)
      return parseBehind(host, stdout)
    } catch (error) {
      if (error instanceof Unreachable || error instanceof CopseError) return []
      throw error
    }
  })
  return (await Promise.all(asked)).flat()
}

function parseBehind(host: string, told: string): readonly Behind[] {
  return told
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', here = '', wanted = '', offer] = line.split(' ')
      return { host, name, here, wanted, isGone: offer === 'gone' }
    })
}

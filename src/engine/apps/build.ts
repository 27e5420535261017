/** Has an app built on the host with the role `ci`, and follows what is printed there. */

import { digestOf } from '../../lib/digest.ts'
import { CopseError } from '../../lib/errors.ts'
import type { App } from '../../model/app.ts'
import { hostsWithRole } from '../../model/environment.ts'
import type { Archive } from '../../transports/transport.ts'
import type { Session } from '../session.ts'
import { BuildLines } from './build-lines.ts'
import { giveBuild, keepBuild } from './kept-artifacts.ts'
import { packSource } from './source.ts'

/** What came of a build. */
export interface Built {
  /** The artifact's address: the SHA-256 of its list of layers. */
  readonly artifact: string
  /** Its size where it is kept, compressed. */
  readonly bytes: number
  /** What was built: see PackedSource. */
  readonly commit: string
  /** Nothing was to be done: the same source has been built in the same way before. */
  readonly isKnown: boolean
}

export interface BuildOptions {
  /** Runs the app's test too, where it has one. Default no. */
  readonly runTests?: boolean
  /** Takes what this operator has kept of the same build, where the store has lost it. Default no. */
  readonly takesKept?: boolean
}

/** Says each step as it begins; throws CopseError `failed` with the step that failed and the last that it said. */
export async function buildApp(
  session: Session,
  app: App,
  { runTests = false, takesKept = false }: BuildOptions = {},
): Promise<Built> {
  const { signal, emit } = session.context
  const [host] = hostsWithRole(session.desired.environment, 'ci')
  if (!host) throw new CopseError('config', `nothing can build ${app.name}: no host has the role ci`)
  await using source = await packSource(app, signal)
  const transport = await session.transport(host.name)
  const key = digestOf({ format, debian: host.debian, build: app.build, source: source.digest })
  const kept = takesKept ? await giveBuild(session, transport, key) : undefined
  if (kept) return { ...kept, commit: source.commit, isKnown: true }
  const lines = new BuildLines(app.name, (line) => {
    if (line.startsWith('$ ')) emit({ event: 'progress', subject: app.name, message: line })
  })
  const archive = buildArchive(app, source, runTests)
  for await (const line of transport.stream(archive, signal)) lines.take(line)
  const built = lines.end()
  await keepBuild(session, transport, { key, artifact: built.artifact })
  return { ...built, commit: source.commit }
}

/** Counts up when the same source and steps make something else. */
const format = 2

/** A build that nobody follows any more ends by itself within seconds. */
const main = `dir=$PWD
trap 'cd / && rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT PIPE TERM
code=0
perl /usr/local/lib/copse/ci/build "$dir" 2>&1 || code=$?
echo "copse-end $code"
`

/** Pure. */
export function buildArchive(
  { name, build, test }: Pick<App, 'name' | 'build' | 'test'>,
  { file, digest }: { readonly file: string; readonly digest: string },
  runTests: boolean,
): Archive {
  return {
    main: { text: main },
    app: { text: `${name}\n` },
    steps: { text: build.map((line) => `${line}\n`).join('') },
    ...(runTests && test !== undefined ? { test: { text: `${test}\n` } } : {}),
    'source.tar.gz': { file, digest },
  }
}

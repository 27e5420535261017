/** Builds and tests apps on a machine that is like the CI host, as the steps of its job do. */
import { z } from 'zod'
import { CopseError } from '../../lib/errors.ts'
import { sh } from '../../lib/shell.ts'
import type { App } from '../../model/app.ts'
import type { Transport } from '../../transports/transport.ts'
import { buildArchive } from '../apps/build.ts'
import { BuildLines } from '../apps/build-lines.ts'
import type { PackedSource } from '../apps/source.ts'
import type { BuildTests } from './builds.ts'

/** An app, and what it is built from. */
export interface Sourced {
  readonly app: App
  readonly source: Pick<PackedSource, 'file' | 'digest' | 'commit'>
}

interface Work {
  readonly sources: readonly Sourced[]
  readonly signal: AbortSignal
  hear(line: string): void
}

/** What came of all of them. */
export interface BuiltAll {
  readonly artifacts: ReadonlyMap<string, string>
  readonly tests: BuildTests
  /** Why it is red. */
  readonly trouble?: string
}

/** One after another, by the program of CI hosts, until one is red. */
export async function buildEach(transport: Transport, { sources, signal, hear }: Work): Promise<BuiltAll> {
  const artifacts = new Map<string, string>()
  let tests: BuildTests = { passed: 0, failed: 0, skipped: 0, names: [] }
  for (const { app, source } of sources) {
    hear(`$ build-${app.name}`)
    const lines = new BuildLines(app.name, () => undefined)
    for await (const line of transport.stream(buildArchive(app, source, true), signal)) {
      lines.take(line)
      if (!/^copse-(alive|end)\b/.test(line)) hear(line)
    }
    tests = sum(tests, await readReport(transport, { app: app.name, path: lines.report, signal, hear }))
    try {
      artifacts.set(app.name, lines.end().artifact)
    } catch (error) {
      if (!(error instanceof CopseError)) throw error
      hear(`${app.name} is not built`)
      return { artifacts: new Map(), tests, trouble: error.message.split('\n')[0] ?? error.message }
    }
  }
  return { artifacts, tests }
}

interface Report {
  readonly app: string
  readonly path: string | undefined
  readonly signal: AbortSignal
  hear(line: string): void
}

const summary = z.object({
  ...{ passed: z.int(), failed: z.int(), skipped: z.int() },
  names: z.array(z.object({ name: z.string(), message: z.string() })),
})

/** As the CI host reads them: by an account that may do nothing, and not for long. */
async function readReport(transport: Transport, { app, path, signal, hear }: Report): Promise<BuildTests> {
  const nothing = { passed: 0, failed: 0, skipped: 0, names: [] }
  if (path === undefined) return nothing
  const script = sh`exec timeout 20 setpriv --reuid=65534 --regid=65534 --clear-groups perl /usr/local/lib/copse/ci/junit <${path}`
  const { code, stdout } = await transport.run({ main: { text: `${script.shell}\n` } }, signal)
  if (code !== 0) {
    hear(`the report of the tests could not be read: ${path}`)
    return nothing
  }
  const told = summary.parse(JSON.parse(stdout))
  return { ...told, names: told.names.map((name) => ({ app, ...name })) }
}

function sum(a: BuildTests, b: BuildTests): BuildTests {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    names: [...a.names, ...b.names],
  }
}

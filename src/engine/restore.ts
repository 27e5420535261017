/** Brings kept data back, and proves that it could be: what roles say can be restored, done by their own programs on the host. */
import { CopseError } from '../lib/errors.ts'
import { sh } from '../lib/shell.ts'
import type { Restorable } from '../model/desired.ts'
import { Unreachable } from '../transports/transport.ts'
import type { ChangeOptions } from './options.ts'
import { asRun } from './run.ts'
import type { ReadSession, Session } from './session.ts'

/** Data that can be restored, and the host that it lives on. */
export interface RestorableData extends Restorable {
  readonly host: string
}

/** One kept dump. */
export interface Dump {
  readonly dump: string
  readonly made: Date
  readonly bytes: number
}

/** What came of a drill or a restore. */
export interface Restored extends Pick<RestorableData, 'host' | 'name'> {
  readonly ok: boolean
  /** What was done or what was wrong, in one line. */
  readonly detail: string
  readonly ms: number
}

/** What these hosts can restore; only what is called `name`, where that is given. */
export function restorableOn(
  { desired }: ReadSession,
  hosts: readonly string[],
  name?: string,
): readonly RestorableData[] {
  return desired.hosts
    .filter(({ host }) => hosts.includes(host.name))
    .flatMap(({ host, restorable }) => restorable.map((data) => ({ ...data, host: host.name })))
    .filter((data) => name === undefined || data.name === name)
}

/** Newest first. */
export async function listDumps(session: Session, data: RestorableData): Promise<readonly Dump[]> {
  const { ok, detail, output } = await call(session, data, ['list', data.name])
  if (!ok) throw new CopseError('failed', `the dumps of ${data.name} could not be listed: ${detail}`)
  return parseDumps(output)
}

/** Pure. */
export function parseDumps(output: string): readonly Dump[] {
  return output.split('\n').flatMap((line) => {
    const [dump = '', seconds, bytes] = line.split('\t')
    return dump === '' ? [] : [{ dump, made: new Date(Number(seconds) * 1000), bytes: Number(bytes) }]
  })
}

type Locked = Pick<ChangeOptions, 'lockTimeoutMs' | 'command'>

/** Restores the newest dump of each beside its data, and compares: nothing that anybody uses changes. */
export async function drill(
  session: Session,
  all: readonly RestorableData[],
  options: Locked & { onResult(result: Restored): void },
): Promise<readonly Restored[]> {
  const results: Restored[] = []
  await asRun(session, options, async () => {
    for (const data of all) {
      session.context.emit({
        event: 'progress',
        subject: data.host,
        message: `restores ${data.name} to compare`,
      })
      const result = await call(session, data, ['drill', data.name])
      options.onResult(result)
      results.push(result)
    }
    return { outcomes: [], verdicts: [] }
  })
  return results
}

/** Puts a dump, by default the newest, in the place of the data, once `consent` is given. */
export async function restore(
  session: Session,
  data: RestorableData,
  options: Locked & { readonly dump?: string | undefined; consent(): Promise<void> },
): Promise<Restored> {
  const { host, name } = data
  const results: Restored[] = []
  await asRun(session, options, async () => {
    await options.consent()
    session.context.emit({ event: 'progress', subject: host, message: `restores ${name}` })
    const { dump } = options
    const result = await call(session, data, ['restore', name, ...(dump === undefined ? [] : [dump])])
    results.push(result)
    const { ok, detail, ms } = result
    return { outcomes: [{ host, result: ok ? 'changed' : 'failed', changes: 1, ms, detail }], verdicts: [] }
  })
  const [result] = results
  if (!result) throw new CopseError('failed', `${name} was not restored`)
  return result
}

async function call(
  session: Session,
  { host, name, program }: RestorableData,
  words: readonly string[],
): Promise<Restored & { readonly output: string }> {
  const began = performance.now()
  const end = (ok: boolean, detail: string, output = '') => ({
    ...{ host, name, ok, detail, output },
    ms: Math.round(performance.now() - began),
  })
  try {
    const transport = await session.transport(host)
    const main = { text: `${sh`cd / && exec ${[...program, ...words]}`.shell}\n` }
    const { code, stdout, stderr } = await transport.run({ main }, session.context.signal)
    return end(code === 0, lastLine(code === 0 ? stdout : stderr), stdout)
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    return end(false, error.message)
  }
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? ''
}

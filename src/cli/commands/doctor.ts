/** `copse doctor [ENV]`: checks this box, and says how to mend what is missing. */
import { resolve } from 'node:path'
import { environmentNames, findConfig, loadConfig } from '../../config/load.ts'
import { openSession } from '../../engine/session.ts'
import { CopseError, exitCodes } from '../../lib/errors.ts'
import type { Finding } from '../../machines/provider.ts'
import { checkBox } from '../box-checks.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { showProgress } from '../progress.ts'
import { renderFindings } from '../render-findings.ts'
import { printDocument } from '../schemas.ts'
import type { Screen } from '../screen.ts'

interface DoctorFlags {
  readonly fix: boolean
}

export const command = defineCommand<DoctorFlags>({
  words: ['[ENV]'],
  flags: [
    {
      flags: '--fix',
      description: 'mend what is safe to mend: ids, inotify; as root',
      initial: false,
    },
  ],
  more: `Without ENV: what the environments of the config need of this box. Only --fix changes anything: it says what,
and notes it in the journal of the box.
Exit codes: 0 all is well, 1 otherwise.`,
  async run(invocation) {
    const { screen, flags } = invocation
    if (flags.fix && invocation.words.length === 0)
      throw new CopseError('usage', 'copse doctor --fix needs an environment', {
        hint: 'copse doctor ENV --fix',
      })
    const before = await look(invocation)
    const mended = flags.fix ? await mend(before, screen) : []
    const found = mended.length === 0 ? before : await look(invocation)
    const findings = found.map(({ check, ok, detail, fix }) => ({ check, ok, detail, ...(!ok && { fix }) }))
    if (flags.json) printDocument(screen, 'doctor', { findings, ...(flags.fix && { mended }) })
    else screen.print(renderFindings(findings, screen.paint))
    return findings.every(({ ok }) => ok) ? 0 : exitCodes.failed
  },
})

async function look(invocation: Invocation): Promise<readonly Finding[]> {
  const examined = await examineEnvironments(invocation)
  const asks = examined.length === 0 || examined.some(({ isFar }) => !isFar)
  return [...(await checkBox(asks)), ...examined.flatMap(({ findings }) => findings)]
}

/** What was done. */
async function mend(findings: readonly Finding[], screen: Screen): Promise<string[]> {
  const done: string[] = []
  const say = (message: string) => {
    screen.note(`${message}\n`)
    done.push(message)
  }
  for (const finding of findings) await finding.mend?.(say)
  return done
}

/** What was found of one environment. */
interface Examination {
  readonly findings: readonly Finding[]
  /** Its hosts are asked from another box. */
  readonly isFar: boolean
}

/** One after another: they look at the same engine. */
async function examineEnvironments(invocation: Invocation): Promise<readonly Examination[]> {
  const [named] = invocation.words
  const file = configOf(invocation)
  if (file === undefined) return []
  const names = named === undefined ? await environmentNames(file) : [named]
  const found: Examination[] = []
  for (const name of names) {
    const { findings, isFar } = await examine(invocation, { file, name, isNamed: named !== undefined })
    const told = findings.map((finding) => ({ ...finding, check: `${name}: ${finding.check}` }))
    found.push({ findings: told, isFar })
  }
  return found
}

/** Undefined: there is none, and none was asked for. */
function configOf({ words, flags, screen }: Invocation): string | undefined {
  try {
    return findConfig(resolve(flags.directory))
  } catch (error) {
    if (words.length > 0 || !(error instanceof CopseError)) throw error
    screen.note(`${error.message}: only this box is checked\n`)
    return undefined
  }
}

interface Asked {
  readonly file: string
  readonly name: string
  readonly isNamed: boolean
}

/** Servers that copse does not make are not part of this box: they are looked at when their environment is named. */
async function examine(
  { signal, screen, flags }: Invocation,
  { file, name, isNamed }: Asked,
): Promise<Examination> {
  const desired = await loadConfig(file, name, { signal })
  using progress = await showProgress(screen, flags.verbose)
  await using session = openSession(desired, { signal, emit: (event) => progress.emit(event) })
  if (session.provider.makesMachines || isNamed)
    return {
      findings: await session.provider.examine(session.providerContext),
      isFar: session.provider.jump !== undefined,
    }
  screen.note(`${name} is of servers that exist: copse doctor ${name} looks at them\n`)
  return { findings: [], isFar: false }
}

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

export const command = defineCommand({
  words: ['[ENV]'],
  flags: [],
  more: 'Without ENV: what the environments of the config need of this box. It changes nothing.\nExit codes: 0 all is well, 1 otherwise.',
  async run(invocation) {
    const { screen, flags } = invocation
    const found = [...(await checkBox()), ...(await examineEnvironments(invocation))]
    const findings = found.map(({ fix, ...finding }) => (finding.ok ? finding : { ...finding, fix }))
    if (flags.json) printDocument(screen, 'doctor', { findings })
    else screen.print(renderFindings(findings, screen.paint))
    return findings.every(({ ok }) => ok) ? 0 : exitCodes.failed
  },
})

/** One after another: they look at the same engine. */
async function examineEnvironments(invocation: Invocation): Promise<readonly Finding[]> {
  const [named] = invocation.words
  const file = configOf(invocation)
  if (file === undefined) return []
  const names = named === undefined ? await environmentNames(file) : [named]
  const found: Finding[] = []
  for (const name of names) {
    const findings = await examine(invocation, { file, name, isNamed: named !== undefined })
    found.push(...findings.map((finding) => ({ ...finding, check: `${name}: ${finding.check}` })))
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

interface Examined {
  readonly file: string
  readonly name: string
  readonly isNamed: boolean
}

/** Servers that copse does not make are not part of this box: they are looked at when their environment is named. */
async function examine(
  { signal, screen, flags }: Invocation,
  { file, name, isNamed }: Examined,
): Promise<readonly Finding[]> {
  const desired = await loadConfig(file, name, { signal })
  using progress = await showProgress(screen, flags.verbose)
  await using session = openSession(desired, { signal, emit: (event) => progress.emit(event) })
  if (session.provider.makesMachines || isNamed)
    return await session.provider.examine(session.providerContext)
  screen.note(`${name} is of servers that exist: copse doctor ${name} looks at them\n`)
  return []
}

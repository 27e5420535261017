/** `copse diff ENV_A ENV_B`: how alike two environments are, and who answers for what is not. */
import { loadConfig } from '../../config/load.ts'
import { compareEnvironments, type Parity } from '../../engine/parity/parity.ts'
import { reportParity } from '../../engine/parity/report.ts'
import { openSession } from '../../engine/session.ts'
import { exitCodes } from '../../lib/errors.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { type Opened, withEnvironment } from '../environment.ts'
import { type HostFlags, hostFlags, type SessionFlags, sessionFlags } from '../flags.ts'
import { checkPair } from '../pair.ts'
import { parityDocument } from '../parity-document.ts'
import { parityJunit } from '../parity-junit.ts'
import { renderParity } from '../render-parity.ts'
import { saveText } from '../save-text.ts'
import { printDocument } from '../schemas.ts'

interface DiffFlags extends HostFlags, SessionFlags {
  readonly strict: boolean
  readonly junit?: string
}

type Asked = Invocation<DiffFlags>

export const command = defineCommand<DiffFlags>({
  words: ['ENV_A', 'ENV_B'],
  flags: [
    ...hostFlags,
    ...sessionFlags,
    {
      flags: '--strict',
      description: 'compare also what changes by itself, such as the numbers of accounts',
      initial: false,
    },
    { flags: '--junit <FILE>', description: 'also write what was compared as JUnit XML' },
  ],
  more: `Nothing on the hosts is changed; the score goes to Graphite of both. A difference is allowed by the config, explained by what else differs, or undeclared;
-v shows all of them. To sign for one, in the config: differences: [allow('why', { fact: 'unit', key: 'x.service' })].
Exit codes: 0 nothing is undeclared, 2 something is, 3 some hosts could not be looked at, 1 none could.
More: copse docs parity`,
  run: async (invocation) => {
    await checkPair(invocation)
    return withEnvironment(invocation, (opened) => compare(invocation, opened))
  },
})

async function compare(invocation: Asked, { session, hosts }: Opened): Promise<number> {
  const { words, flags, screen, signal } = invocation
  const [first = '', second = ''] = words
  const file = session.desired.file
  const other = await loadConfig(file, second, { signal })
  const bAsA = await loadConfig(file, second, { signal, as: first })
  // Hosts have the same names there: what is being looked at is told once.
  await using b = openSession(other, { signal, parallel: flags.parallel, emit: () => undefined })
  const parity = await compareEnvironments({ a: session, b, bAsA }, { hosts, isStrict: flags.strict })
  // A part of the hosts says nothing of the whole.
  if (parity.unseen.length === 0 && hosts.length === session.desired.environment.hosts.length)
    for (const message of await reportParity([session, b], parity))
      session.context.emit({ event: 'progress', subject: 'score', message })
  if (flags.junit !== undefined) await saveText('the comparison', flags.junit, parityJunit(parity))
  if (flags.json) printDocument(screen, 'diff', parityDocument(parity))
  else screen.print(renderParity(parity, { paint: screen.paint, isFull: flags.verbose > 0 }))
  return codeOf(parity)
}

function codeOf({ places, unseen }: Parity): number {
  const isOpen = places.some(({ differences }) => differences.some(({ kind }) => kind === 'undeclared'))
  const lost = new Set(unseen.map(({ host }) => host))
  const hosts = places.filter(({ host }) => host !== '')
  if (lost.size > 0) return lost.size === hosts.length ? exitCodes.failed : exitCodes.partial
  return isOpen ? exitCodes.differences : 0
}

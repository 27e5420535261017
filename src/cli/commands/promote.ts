/** `copse promote ENV_A ENV_B`: what is proven in one environment goes to another. */
import { loadConfig } from '../../config/load.ts'
import { doubtsAbout, promote } from '../../engine/apps/promote.ts'
import { compareEnvironments } from '../../engine/parity/parity.ts'
import { openSession, type Session } from '../../engine/session.ts'
import { CopseError } from '../../lib/errors.ts'
import { changeOptions } from '../change-options.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type ChangeFlags, changeFlags, type SessionFlags, sessionFlags } from '../flags.ts'
import { checkPair } from '../pair.ts'
import { showReport } from '../show-report.ts'
import { count } from '../table.ts'

interface PromoteFlags extends ChangeFlags, SessionFlags {
  readonly anyway: boolean
}

type Asked = Invocation<PromoteFlags>

export const command = defineCommand<PromoteFlags>({
  words: ['ENV_A', 'ENV_B'],
  flags: [
    {
      flags: '--anyway',
      description: 'although ENV_A is not proven, or the two differ in what nobody signed for',
      initial: false,
    },
    ...sessionFlags,
    ...changeFlags,
  ],
  more: `Example:
  copse promote dev staging    what runs in dev, and is proven there, runs in staging
The artifacts are those of ENV_A, bit by bit; all else is an up of ENV_B with the same definition. Refused with exit code 5
where ENV_A has changes to make, a probe of it is red, or copse diff ENV_A ENV_B finds what is undeclared.`,
  run: async (invocation) => {
    await checkPair(invocation)
    return withEnvironment(invocation, ({ session }) => promoteFrom(invocation, session))
  },
})

async function promoteFrom(invocation: Asked, from: Session): Promise<number> {
  const { words, flags, signal, screen } = invocation
  const [first = '', second = ''] = words
  const { file } = from.desired
  const other = await loadConfig(file, second, { signal })
  const bAsA = await loadConfig(file, second, { signal, as: first })
  const { parallel, lockTimeout: lockTimeoutMs } = flags
  await using to = openSession(other, {
    ...{ signal, parallel, lockTimeoutMs },
    emit: (event) => from.context.emit(event),
  })
  const doubts = [...(await doubtsAbout(from)), ...(await differences({ a: from, b: to, bAsA }))]
  for (const doubt of doubts) screen.note(`${doubt}\n`)
  if (doubts.length > 0 && !flags.anyway)
    throw new CopseError('refused', `${second} was not touched: ${count(doubts.length, 'reason')} above`, {
      hint: `mend them, or: copse promote ${first} ${second} --anyway`,
    })
  const opened = { session: to, hosts: other.hosts.map(({ host }) => host.name) }
  return showReport(invocation, opened, await promote(from, to, changeOptions(invocation, opened)))
}

/** What the promotion itself changes. */
const promoted = new Set(['release', 'resource'])

/** A line each. */
async function differences(sessions: Parameters<typeof compareEnvironments>[0]): Promise<readonly string[]> {
  const { a, b } = sessions
  const hosts = a.desired.hosts.map(({ host }) => host.name)
  const { places, unseen } = await compareEnvironments(sessions, { hosts, isStrict: false })
  const undeclared = places.flatMap(({ host, differences }) =>
    differences
      .filter(({ kind, name }) => kind === 'undeclared' && !promoted.has(name))
      .map(
        ({ name, key }) =>
          `${host === '' ? 'the definition' : host}: ${name} ${key} differs, and nobody signed for it`,
      ),
  )
  return [
    ...undeclared,
    ...unseen.map(
      ({ environment, host, detail }) => `${host} of ${environment} could not be looked at: ${detail}`,
    ),
    ...(undeclared.length > 0
      ? [`all of it: copse diff ${a.desired.environment.name} ${b.desired.environment.name}`]
      : []),
  ]
}

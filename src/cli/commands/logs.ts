/** `copse logs ENV`: what hosts have logged, asked of the host that keeps all journals. */
import type { Session } from '../../engine/session.ts'
import { CopseError } from '../../lib/errors.ts'
import { sh } from '../../lib/shell.ts'
import { hostsWithRole } from '../../model/environment.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { type Opened, withEnvironment } from '../environment.ts'
import { type HostFlags, hostFlags, type SessionFlags, sessionFlags } from '../flags.ts'
import { type JournalQuery, journalctlWords } from '../journal-query.ts'
import { printable } from '../printable.ts'

interface LogsFlags extends HostFlags, SessionFlags, JournalQuery {}

export const command = defineCommand<LogsFlags>({
  words: ['ENV'],
  flags: [
    ...hostFlags,
    ...sessionFlags,
    { flags: '-f, --follow', description: 'go on with what is logged from now on', initial: false },
    {
      flags: '-u, --unit <UNIT>',
      description: 'only of this unit; repeatable',
      parse: (value, previous) => [...(Array.isArray(previous) ? previous : []), value],
      initial: [],
    },
    { flags: '--priority <LEVEL>', description: 'only so grave or graver, like `warning`' },
    { flags: '--since <TIME>', description: 'from then on, like `-1h`, `today`, `2026-03-01 12:00`' },
    { flags: '--until <TIME>', description: 'up to then' },
    { flags: '-g, --grep <PATTERN>', description: 'only lines that match (PCRE)' },
    {
      flags: '-n, --lines <N>',
      description: 'the last N; default 100 where neither --since nor --grep is given',
      parse: count,
    },
  ],
  more: `Examples:
  copse logs dev -f                              every line of every host, as it arrives
  copse logs dev -l web -u nginx --since -1h     what both web servers logged in the last hour
  copse logs dev -g 'denied|refused'
It asks the host with the role logs; times are UTC. With --json each line is an object as \`journalctl -o json\` prints it.
A host's lines are those that came by its own certificate; with -f they are picked by the name that they give.`,
  run: (invocation) => withEnvironment(invocation, (opened) => show(invocation, opened)),
})

function count(value: string): number {
  if (/^\d{1,7}$/.test(value)) return Number(value)
  throw new CopseError('usage', `"${value}" is not a number of lines`, { hint: 'write a number such as 100' })
}

async function show({ flags, screen }: Invocation<LogsFlags>, { session, hosts }: Opened): Promise<number> {
  const { environment } = session.desired
  const isLimited = hosts.length < environment.hosts.length
  const named = environment.hosts.filter(({ name }) => hosts.includes(name))
  const words = journalctlWords(flags, isLimited ? named : 'all')
  const { conceal } = await session.secrets.known()
  for await (const line of await linesOf(session, words)) screen.print(`${printable(conceal(line))}\n`)
  return 0
}

async function linesOf(session: Session, words: readonly string[]): Promise<AsyncIterable<string>> {
  const { environment } = session.desired
  const [keeper] = hostsWithRole(environment, 'logs')
  if (!keeper)
    throw new CopseError('failed', `no host of ${environment.name} keeps logs`, {
      hint: `give one the role logs(); until then: copse exec ${environment.name} -- journalctl -n 100`,
    })
  const transport = await session.transport(keeper.name)
  // Nobody else removes the script's directory when it ends by somebody no longer listening. journalctl exits with 1 also
  // when nothing matches, and then says nothing.
  const script = sh`dir=$PWD
cd /
rm -rf -- "$dir"
export TZ=UTC
${words} 2>"$dir.err" || [ ! -s "$dir.err" ]
code=$?
cat "$dir.err" >&2
rm -f -- "$dir.err"
exit "$code"`
  return transport.stream({ main: { text: `${script.shell}\n` } }, session.context.signal)
}

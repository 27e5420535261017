/** `copse exec ENV -- CMD`: runs a command on hosts, as root. */
import { CopseError } from '../../lib/errors.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { type Opened, withEnvironment } from '../environment.ts'
import { type ExecResult, highestCode, runEverywhere, scriptOf } from '../exec.ts'
import { type HostFlags, hostFlags, type SessionFlags, sessionFlags } from '../flags.ts'
import { prefixed, renderCodes } from '../render-exec.ts'
import { printDocument } from '../schemas.ts'
import type { Screen } from '../screen.ts'

interface ExecFlags extends HostFlags, SessionFlags {
  readonly user?: string
}

export const command = defineCommand<ExecFlags>({
  words: ['ENV', '[WORD...]'],
  takesRest: true,
  flags: [
    ...hostFlags,
    ...sessionFlags,
    { flags: '-u, --user <NAME>', description: 'run as this user instead of root' },
  ],
  more: `Examples:
  copse exec dev -l web -- systemctl status nginx   words go as they are
  copse exec dev -- 'df -h | tail -1'                one word is a line of shell
Exit codes: the highest of the hosts', or 3 when one was unreachable.`,
  run(invocation) {
    const argv = [...invocation.words.slice(1), ...invocation.rest]
    return withEnvironment(invocation, (opened) => execute(invocation, opened, argv))
  },
})

async function execute(
  { flags, screen }: Invocation<ExecFlags>,
  { session, hosts }: Opened,
  argv: readonly string[],
): Promise<number> {
  const { name } = session.desired.environment
  if (argv.length === 0)
    throw new CopseError('usage', 'copse exec needs a command', { hint: `copse exec ${name} -- uptime` })
  const results = await runEverywhere(session, {
    hosts,
    script: scriptOf(argv, flags.user),
    onResult: (result) => flags.json || show(result, screen, hosts.length === 1),
  })
  if (flags.json) printDocument(screen, 'exec', { environment: name, results: [...results] })
  else screen.note(renderCodes(results, screen.notePaint))
  return highestCode(results)
}

/** The output of a single host is passed on as it is, so that it can be piped. */
function show({ host, stdout, stderr }: ExecResult, screen: Screen, isAlone: boolean): void {
  screen.print(isAlone ? stdout : prefixed(host, stdout, screen.paint))
  screen.note(isAlone ? stderr : prefixed(host, stderr, screen.notePaint))
}

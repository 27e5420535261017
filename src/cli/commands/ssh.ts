/** `copse ssh ENV HOST`: logs in on a host, or runs one command there with this terminal. */
import { spawn } from 'node:child_process'
import { CopseError, exitCodes } from '../../lib/errors.ts'
import type { Host } from '../../model/environment.ts'
import { selectHosts } from '../../model/selection.ts'
import { sshArguments } from '../../transports/ssh/arguments.ts'
import type { SshLink } from '../../transports/ssh/options.ts'
import { defineCommand } from '../command.ts'
import { type Opened, withEnvironment } from '../environment.ts'
import type { SessionFlags } from '../flags.ts'
import { linksOf } from '../ssh-links.ts'
import type { PersonalWay } from '../way-of-person.ts'

export const command = defineCommand<SessionFlags>({
  words: ['ENV', 'HOST', '[WORD...]'],
  takesRest: true,
  flags: [],
  more: `Examples:
  copse ssh dev web1
  copse ssh dev web1 -- journalctl -u nginx -f
Who is in the environment's \`people\` goes in with their own key (of the ssh-agent, or in ~/.ssh) as the
account that role base gives people, \`ops\`, and is root by sudo: the host's log says whose key it was. That
needs no state of earlier runs, but an engine that may be asked for host keys. Everybody else goes in as copse
itself does. A login that is open stays open when somebody is taken out of \`people\`:
\`copse exec dev -- pkill -KILL -u ops\` ends all of that account.
The exit code is that of ssh.`,
  run: (invocation) =>
    withEnvironment(invocation, async (opened) => {
      const [, name, ...words] = invocation.words
      const { host, link, person } = await linkTo(opened, name)
      const code = await attached([...sshArguments(link), ...words, ...invocation.rest])
      if (code === sshTrouble) invocation.screen.note(await whyRefused(opened, host, person))
      return code
    }),
})

/** What ssh exits with when it did not get in; a remote command seldom does. */
const sshTrouble = 255

/** What ssh does not know; it has said for itself what it saw. */
async function whyRefused(
  { session: { desired, provider, providerContext } }: Opened,
  host: Host,
  person: PersonalWay | undefined,
): Promise<string> {
  const { name } = desired.environment
  if (person)
    return `it was given the key of ${person.person}, for ${person.user}: if that is new, copse up ${name} brings it to the hosts\n`
  const machine = (await provider.list(providerContext)).find((one) => one.host === host.name)
  return machine?.state === 'foreign'
    ? `${machine.detail}\n  ${machine.hint ?? `copse status ${name}`}\n`
    : ''
}

interface WayIn {
  readonly host: Host
  readonly link: SshLink
  readonly person: PersonalWay | undefined
}

async function linkTo({ session }: Opened, name: string | undefined): Promise<WayIn> {
  const { environment } = session.desired
  const names = environment.hosts.map((host: Host) => host.name).join(' ')
  if (name === undefined)
    throw new CopseError('usage', 'copse ssh needs a host', {
      hint: `hosts of ${environment.name}: ${names}`,
    })
  const selected = selectHosts(environment, { limit: [name], exclude: [] })
  if (selected.length > 1)
    throw new CopseError('usage', `${name} is several hosts`, { hint: `name one: ${selected.join(' ')}` })
  const links = await linksOf(session)
  const found = links.find(({ host }) => host.name === selected[0])
  if (found?.link) return { host: found.host, link: found.link, person: found.person }
  throw found?.trouble ?? new CopseError('failed', `there is no way in to ${selected[0]}`)
}

/** Ctrl-C reaches ssh through the terminal and is meant for the other side: it does not end copse first. */
function attached(argv: readonly string[]): Promise<number> {
  process.removeAllListeners('SIGINT')
  process.on('SIGINT', () => undefined)
  const child = spawn('ssh', argv, { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new CopseError('failed', 'ssh could not be started', { cause })))
    child.once('exit', (code) => resolve(code ?? exitCodes.interrupted))
  })
}

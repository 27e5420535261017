/** `copse ssh ENV HOST`: logs in on a host, or runs one command there with this terminal. */
import { spawn } from 'node:child_process'
import { CopseError, exitCodes } from '../../lib/errors.ts'
import type { Host } from '../../model/environment.ts'
import { selectHosts } from '../../model/selection.ts'
import { sshArguments } from '../../transports/ssh/arguments.ts'
import { defineCommand } from '../command.ts'
import { type Opened, withEnvironment } from '../environment.ts'
import type { SessionFlags } from '../flags.ts'
import { linksOf } from '../ssh-links.ts'

export const command = defineCommand<SessionFlags>({
  words: ['ENV', 'HOST', '[WORD...]'],
  takesRest: true,
  flags: [],
  more: `Examples:
  copse ssh dev web1
  copse ssh dev web1 -- journalctl -u nginx -f
The exit code is that of ssh.`,
  run: (invocation) =>
    withEnvironment(invocation, async (opened) => {
      const [, name, ...words] = invocation.words
      const argv = await argvFor(opened, name)
      return await attached([...argv, ...words, ...invocation.rest])
    }),
})

async function argvFor({ session }: Opened, name: string | undefined): Promise<readonly string[]> {
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
  const link = links.find(({ host }) => host.name === selected[0])?.link
  if (!link)
    throw new CopseError('failed', `the machine of ${selected[0]} does not exist`, {
      hint: `copse up ${environment.name}`,
    })
  return sshArguments(link)
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

/** Hosts that roll apps out are told the host keys of those that they do it on: as they are pinned here, never from the network. */
import { CopseError } from '../../lib/errors.ts'
import type { MachineProvider } from '../../machines/provider.ts'
import type { Desired } from '../../model/desired.ts'
import type { Host } from '../../model/environment.ts'
import { deployersOf, openedHosts } from '../../roles/deploy-key.ts'
import { knownHostsLine, knownKeys, typedKey } from '../../transports/ssh/known-hosts.ts'
import { Unreachable } from '../../transports/transport.ts'
import type { Outcome } from '../events.ts'
import type { Session } from '../session.ts'

/** A file that is there already and the same is not written, so that whoever reads it now is not disturbed. */
export const tellScript = `set -eu
file=/etc/copse/ci/known_hosts
# A host that has not become what it should be is told later.
if [ ! -d /etc/copse/ci ] || cmp -s ./keys "$file"; then exit 0; fi
cp ./keys "$file.new"
sync "$file.new"
mv -f "$file.new" "$file"
`

/** What is needed of a session. */
interface Teller extends Pick<Session, 'context' | 'providerContext' | 'transport'> {
  readonly desired: Pick<Desired, 'environment'>
  readonly provider: Pick<MachineProvider, 'target'>
}

/** Keys change with machines, so this ends every run that may have made some; what cannot be told is said, and fails nothing. */
export async function tellKeys(session: Teller, outcomes: readonly Outcome[]): Promise<void> {
  const { desired, context } = session
  const isLost = ({ host, result }: Outcome, name: string) =>
    host === name && result !== 'changed' && result !== 'unchanged'
  const told = deployersOf(desired.environment).filter(
    ({ name }) => !outcomes.some((outcome) => isLost(outcome, name)),
  )
  if (told.length === 0 || context.signal.aborted) return
  const lines = await Promise.all(openedHosts(desired.environment).map((host) => linesOf(session, host)))
  await Promise.all(told.map(({ name }) => tell(session, name, lines.join(''))))
}

/** Lines of known_hosts, under the name that `rollout` gives the host. */
async function linesOf({ provider, providerContext, context }: Teller, host: Host): Promise<string> {
  try {
    const target = await provider.target(providerContext, host)
    const keys =
      target.hostKey === undefined
        ? (await knownKeys(target, context.signal)).map(typedKey)
        : [target.hostKey]
    if (keys.length > 0) return keys.map((key) => knownHostsLine(host.fqdn, key)).join('')
    throw new CopseError('failed', 'it is neither pinned in the config nor in your known_hosts')
  } catch (trouble) {
    if (!(trouble instanceof CopseError)) throw trouble
    const message = `CI cannot roll out there, because its host key is not known: ${trouble.message}`
    context.emit({ event: 'progress', subject: host.name, message })
    return ''
  }
}

async function tell(session: Teller, name: string, keys: string): Promise<void> {
  try {
    const transport = await session.transport(name)
    const archive = { main: { text: tellScript }, keys: { text: keys } }
    const { code, stderr } = await transport.run(archive, session.context.signal)
    if (code !== 0) throw new CopseError('failed', stderr.trim())
  } catch (trouble) {
    if (session.context.signal.aborted) return
    if (!(trouble instanceof CopseError || trouble instanceof Unreachable)) throw trouble
    const message = `could not be told the host keys of the apps' hosts: ${trouble.message}`
    session.context.emit({ event: 'progress', subject: name, message })
  }
}

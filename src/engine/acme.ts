/** Certificates that ACME is to issue are asked for once all that leads to their names is open: an authority comes that way. */
import { CopseError } from '../lib/errors.ts'
import type { Desired } from '../model/desired.ts'
import { acmeHosts, acmeProgram, issued, publicNames } from '../roles/acme.ts'
import { Unreachable } from '../transports/transport.ts'
import type { Outcome } from './events.ts'
import { isLost } from './report.ts'
import type { Session } from './session.ts'

/** Ends with 0 where the host would ask now. */
export const dueScript = `set -eu
exec perl ${acmeProgram} due
`

/** What came of it, where that is nothing good. The unit ends in its own time, whatever becomes of who waits for it. */
export const askScript = `set -eu
systemctl start copse-acme.service
if [ -s ${issued.said} ]; then cat ${issued.said}; fi
`

/** Longer than the unit may take. */
const longestMs = 200_000

/** What is needed of a session. */
interface Asker extends Pick<Session, 'context' | 'transport'> {
  readonly desired: Pick<Desired, 'environment'>
}

/** It fails nothing: probes say of a name that has no certificate why that is so, and the host asks again by itself. */
export async function askAcme(session: Asker, outcomes: readonly Outcome[]): Promise<void> {
  const { desired, context } = session
  const isThere = (name: string) => outcomes.some((outcome) => outcome.host === name && !isLost(outcome))
  const hosts = acmeHosts(desired.environment).filter(({ name }) => isThere(name))
  await Promise.all(
    hosts.map(async (host) => {
      if (context.signal.aborted) return
      const names = publicNames(desired.environment, host).join(', ')
      await ask(session, host.name, names)
    }),
  )
}

async function ask({ transport, context }: Asker, host: string, names: string): Promise<void> {
  const tell = (message: string) => context.emit({ event: 'progress', subject: host, message })
  try {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(longestMs)])
    const way = await transport(host)
    const { code } = await way.run({ main: { text: dueScript } }, signal)
    if (code !== 0) return
    tell(`has ${names} certified by ACME`)
    const asked = await way.run({ main: { text: askScript } }, signal)
    const said = (asked.code === 0 ? asked.stdout : asked.stderr).trim()
    if (said !== '') tell(`has no certificate by ACME: ${said}`)
  } catch (trouble) {
    if (context.signal.aborted) return
    if (!(trouble instanceof CopseError || trouble instanceof Unreachable || trouble instanceof DOMException))
      throw trouble
    tell(`could not ask for its certificate: ${trouble.message}`)
  }
}

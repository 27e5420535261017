/** The public key that an environment shows to others, which builds come from or go to. */
import { CopseError } from '../../lib/errors.ts'
import { Secret } from '../../lib/secret.ts'
import { sshPublicKey } from '../../lib/ssh-key.ts'
import { promotionSecret } from '../../roles/ci/promotions.ts'
import type { ChangeOptions } from '../options.ts'
import { changeSecrets } from '../secrets/change.ts'
import { type Held, withValue } from '../secrets/document.ts'
import { newValue } from '../secrets/keeper.ts'
import type { Session } from '../session.ts'

/** One line as in `id_ed25519.pub`. The pair is made where there is none yet: two environments can be given each other's before either has it on a host. */
export async function promotionKey(
  session: Session,
  options: Pick<ChangeOptions, 'lockTimeoutMs' | 'command'>,
): Promise<string> {
  const { secret: name, generate } = promotionSecret()
  const { ecosystem, name: environment } = session.desired.environment
  const valueIn = ({ values }: Held) => values.get(name)
  const known = valueIn(await session.secrets.store.read())
  const made = async (held: Held) =>
    valueIn(held) ? undefined : withValue(held, name, { value: await newValue(generate), isMade: true })
  const value = known ?? valueIn(await changeSecrets(session, options, made))
  if (!(value instanceof Secret)) throw new CopseError('failed', `${environment} has no secret ${name}`)
  return `${sshPublicKey(value.reveal())} ${ecosystem}-${environment}`
}

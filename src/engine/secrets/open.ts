/** The values of an environment's secrets as a run uses them: digests for its plan, texts for its archives. Pure. */
import { sha256 } from '../../lib/digest.ts'
import { CopseError } from '../../lib/errors.ts'
import { concealer, Secret } from '../../lib/secret.ts'
import { sshPrivateKey, sshPublicKey } from '../../lib/ssh-key.ts'
import type { SecretForm, SecretReference, SecretText } from '../../model/secret.ts'
import { escaped } from '../../resources/secret-text.ts'

/** The environment's own certificate authority. */
export interface Authority {
  readonly key: Secret
  /** As PEM. */
  readonly certificate: string
}

export interface OpenSecrets {
  has(name: string): boolean
  /** Of the whole text; undefined while one of its secrets has no value. */
  digestOf(text: SecretText): string | undefined
  /** The text with its values. Throws `refused` when it is not the one that was planned. */
  textOf(text: SecretText): string
  /** Who signs certificates; undefined while there is none. */
  readonly authority: Authority | undefined
  /** Takes every value out of what is to be shown. */
  conceal(text: string): string
}

/** What else is known of them. */
interface Uses {
  /** Of the authority, as PEM. */
  readonly certificate?: string | undefined
  /** The names of those that become private keys, which nobody may see either. */
  readonly keys?: readonly string[]
}

export function openSecrets(
  values: ReadonlyMap<string, Secret>,
  { certificate, keys = [] }: Uses = {},
): OpenSecrets {
  const key = values.get(authorityKey)
  const revealed = ({ secret, as }: SecretReference): string | undefined => {
    const value = values.get(secret)?.reveal()
    return value === undefined ? undefined : inForm(value, as)
  }
  const fill = ({ parts }: SecretText): string | undefined => {
    const filled = parts.map((part) => (typeof part === 'string' ? part : revealed(part)))
    return filled.includes(undefined) ? undefined : filled.join('')
  }
  let conceal: ((text: string) => string) | undefined
  return {
    authority: key && certificate !== undefined ? { key, certificate } : undefined,
    has: (name) => values.has(name),
    digestOf(text) {
      const filled = fill(text)
      return filled === undefined ? undefined : sha256(filled)
    },
    textOf(text) {
      const filled = fill(text)
      if (filled !== undefined && (text.digest === undefined || text.digest === sha256(filled))) return filled
      const names = text.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.secret])).join(', ')
      throw new CopseError('refused', `${names} is another secret than when the plan was made`, {
        hint: 'plan again',
      })
    },
    conceal(text) {
      conceal ??= concealer([...values.values(), ...keys.flatMap((name) => keyFrom(values.get(name)))])
      return conceal(text)
    },
  }
}

function inForm(value: string, form: SecretForm | undefined): string {
  if (form === 'quoted') return escaped(value)
  if (form === 'ssh-private-key') return sshPrivateKey(value)
  return form === 'ssh-public-key' ? sshPublicKey(value) : value
}

function keyFrom(value: Secret | undefined): readonly Secret[] {
  return value ? [new Secret(sshPrivateKey(value.reveal()))] : []
}

/** The secret that holds the private key of the environment's authority, as PEM. */
export const authorityKey = 'ca-key'

/** Of who has none. */
export const noSecrets: OpenSecrets = openSecrets(new Map())

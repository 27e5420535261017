/** One thing that is so in an environment, as environments are compared by. Pure. */
import { createHash } from 'node:crypto'
import { type FactName, factNames } from '../../model/allowance.ts'

export interface Fact {
  readonly name: FactName
  /** What it is about: `nginx.service`. */
  readonly key: string
  readonly value: string
  /** Ids of facts that it comes from: where one of those differs, this one may. */
  readonly follows: readonly string[]
  /** Since when, in seconds since 1970, where that is known. */
  readonly since?: number | undefined
  /** It changes by itself, and is compared only where everything is. */
  readonly isStrict?: boolean | undefined
}

/** Stands in `follows` for whichever package needed this one. */
export const asDependency = 'dependency'

/** `unit nginx.service`: the same fact in every environment. */
export function idOf({ name, key }: Pick<Fact, 'name' | 'key'>): string {
  return `${name} ${key}`
}

export function byId(facts: readonly Fact[]): ReadonlyMap<string, Fact> {
  return new Map(facts.map((fact) => [idOf(fact), fact]))
}

/** The lines that `facts.pl` prints. */
export function parseFacts(text: string): readonly Fact[] {
  return text
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line) => line.split('\t').map(decode))
    .flatMap(([name, key = '', value = '', follows = '', since = '', strict]): readonly Fact[] => {
      const known = factNames.find((one) => one === name)
      if (!known) return []
      return [
        withFingerprint({
          ...{ name: known, key, value },
          follows: follows.split('|').filter((id) => id !== ''),
          since: since === '' ? undefined : Number(since),
          isStrict: strict === '1',
        }),
      ]
    })
}

function decode(field: string): string {
  return field.replaceAll(/%(09|0A|25)/g, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

function withFingerprint(fact: Fact): Fact {
  if (fact.name !== 'key') return fact
  const [user = '', , blob = ''] = fact.key.split(' ')
  return { ...fact, key: `${user} ${fingerprintOf(blob)}` }
}

/** Of a public key, as `ssh-keygen -l` prints it. */
export function fingerprintOf(blob: string): string {
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64')
  return `SHA256:${digest.replace(/=+$/, '')}`
}

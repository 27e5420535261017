/** The names of an environment, and what its DNS servers answer for them. */
import { Resolver } from 'node:dns/promises'
import { reverseName } from '../lib/ipv4.ts'
import type { Environment } from '../model/environment.ts'

/** A name and the answer that the definition wants. */
export interface WantedName {
  readonly name: string
  readonly type: 'A' | 'PTR'
  readonly want: string
}

/** What came back; `got` is empty when nothing did. */
export interface AskedName extends WantedName {
  readonly got: string
  readonly ok: boolean
}

/** Every host's own name, its further names, and its address's way back. Pure. */
export function namesOf(environment: Environment): readonly WantedName[] {
  const forward = environment.hosts.flatMap(({ fqdn, names, address }) =>
    [fqdn, ...names.map((name) => `${name}.${environment.domain}`)].map((name) => ({
      name,
      type: 'A' as const,
      want: address,
    })),
  )
  const back = environment.hosts.map(({ address, fqdn }) => ({
    name: reverseName(address),
    type: 'PTR' as const,
    want: fqdn,
  }))
  return [...forward, ...back]
}

/** Asks one server for all names at once. */
export async function askServer(server: string, names: readonly WantedName[]): Promise<readonly AskedName[]> {
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  resolver.setServers([server])
  return Promise.all(
    names.map(async (wanted) => {
      const answers = await ask(resolver, wanted)
      return { ...wanted, got: answers.join(' '), ok: answers.length === 1 && answers[0] === wanted.want }
    }),
  )
}

/** No name, no server, no answer: all are an empty answer here. */
async function ask(resolver: Resolver, { name, type }: WantedName): Promise<readonly string[]> {
  try {
    return type === 'A' ? await resolver.resolve4(name) : await resolver.resolvePtr(name)
  } catch {
    return []
  }
}

/** The names of an environment, and what its DNS servers answer for them. */
import { Resolver } from 'node:dns/promises'
import { reverseName } from '../lib/ipv4.ts'
import { sh } from '../lib/shell.ts'
import type { Environment } from '../model/environment.ts'
import type { Reader } from '../transports/transport.ts'

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

/** Asks one server for all names at once, from another machine. */
export async function askServerFrom(
  reader: Reader,
  { server, names, signal }: Asking,
): Promise<readonly AskedName[]> {
  const questions = names.flatMap(({ name, type }) => ['-q', name, '-t', type])
  const main = sh`exec dig +time=2 +tries=2 +noall +answer ${`@${server}`} ${questions}`
  const { stdout } = await reader.run({ main: { text: `${main.shell}\n` } }, signal)
  return names.map((wanted) => judge(wanted, answersIn(stdout, wanted)))
}

/** What is asked of one server. */
export interface Asking {
  readonly server: string
  readonly names: readonly WantedName[]
  readonly signal: AbortSignal
}

/** The values of the records of a name, as dig prints them: `www.office.internal. 3600 IN A 10.61.0.20`. Pure. */
export function answersIn(printed: string, { name, type }: WantedName): readonly string[] {
  return printed
    .split('\n')
    .map((line) => line.split(/\s+/))
    .filter(([of = '', , , kind]) => kind === type && of.toLowerCase() === `${name}.`)
    .map(([, , , , value = '']) => value.replace(/\.$/, '').toLowerCase())
}

/** Asks one server for all names at once. */
export async function askServer(server: string, names: readonly WantedName[]): Promise<readonly AskedName[]> {
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  resolver.setServers([server])
  return Promise.all(names.map(async (wanted) => judge(wanted, await ask(resolver, wanted))))
}

function judge(wanted: WantedName, answers: readonly string[]): AskedName {
  return { ...wanted, got: answers.join(' '), ok: answers.length === 1 && answers[0] === wanted.want }
}

/** No name, no server, no answer: all are an empty answer here. */
async function ask(resolver: Resolver, { name, type }: WantedName): Promise<readonly string[]> {
  try {
    return type === 'A' ? await resolver.resolve4(name) : await resolver.resolvePtr(name)
  } catch {
    return []
  }
}

/** What an environment publishes, beside what it should: each port with what came of asking it. */
import type { Session } from '../engine/session.ts'
import { overlaps, parseSubnet } from '../lib/ipv4.ts'
import type { PublishChange } from '../machines/provider.ts'
import type { Environment, Publication } from '../model/environment.ts'
import { doorOf, knock } from '../probes/knock.ts'

/** A port of the box. */
export interface PublishedPort {
  readonly port: number
  readonly protocol: Publication['protocol']
  /** `lb.http`. */
  readonly to: string
  /** `10.61.0.20:80`. */
  readonly address: string
  readonly from: readonly string[]
  readonly state: 'published' | 'missing' | 'different'
  /** Undefined: nobody asked. */
  readonly answers?: boolean | undefined
  readonly ok: boolean
  readonly detail: string
}

/** Asks each port at the box's own address, from the box. */
export async function askPorts(
  session: Session,
  changes: readonly PublishChange[],
  [address]: readonly string[],
): Promise<readonly PublishedPort[]> {
  const { environment } = session.desired
  const asked = environment.publish.filter(({ protocol }) => protocol === 'tcp')
  const doors = address === undefined ? [] : asked.map(({ port }) => ({ address, port }))
  const answers = doors.length > 0 ? await ask(session, knock(doors).shell) : new Map<string, string>()
  return environment.publish.map((one) =>
    judge(environment, one, {
      change: changes.find(({ port }) => port === `${one.port}/${one.protocol}`),
      address,
      answer: answers.get(doorOf({ address: address ?? '', port: one.port })),
    }),
  )
}

async function ask(session: Session, script: string): Promise<ReadonlyMap<string, string>> {
  const operator = await session.operator()
  const { stdout } = await operator.run({ main: { text: `${script}\n` } }, session.context.signal)
  return new Map([...stdout.matchAll(/^(\S+) (.+)$/gm)].map(([, door = '', said = '']) => [door, said]))
}

/** What was found of one port. */
export interface FoundPort {
  readonly change?: PublishChange | undefined
  /** Where the box was asked, which is where it asks from, too. */
  readonly address?: string | undefined
  /** `open`, or why not. */
  readonly answer?: string | undefined
}

/** Pure. */
export function judge({ hosts }: Environment, one: Publication, found: FoundPort): PublishedPort {
  const { port, protocol, host, endpoint, from } = one
  const at = hosts.find(({ name }) => name === host)?.address ?? ''
  const known = { port, protocol, to: `${host}.${endpoint.name}`, address: `${at}:${endpoint.port}`, from }
  const { change, answer } = found
  if (change?.action === 'create')
    return { ...known, state: 'missing', ok: false, detail: 'not published yet' }
  if (change)
    return { ...known, state: 'different', ok: false, detail: 'published otherwise until the next up' }
  if (protocol === 'udp' || answer === undefined)
    return { ...known, state: 'published', ok: protocol === 'udp', detail: 'not asked' }
  const isMeant = from.length === 0 || from.some((network) => holds(network, found.address ?? ''))
  const answers = answer === 'open'
  const detail = isMeant ? (answers ? 'answers' : `does not answer: ${answer}`) : closedText(answers)
  return { ...known, state: 'published', answers, ok: answers === isMeant, detail }
}

function closedText(answers: boolean): string {
  return answers ? 'answers the box, which is none of those' : 'closed to the box, which is none of those'
}

function holds(network: string, address: string): boolean {
  const [outer, inner] = [network, address].map((text) =>
    parseSubnet(text.includes('/') ? text : `${text}/32`),
  )
  return outer !== undefined && inner !== undefined && overlaps(outer, inner)
}

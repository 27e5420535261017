/** Publishes ports of a box: they lead to hosts of an environment, and the journal of the box says so. */
import { CopseError } from '../../lib/errors.ts'
import { overlaps, parseSubnet } from '../../lib/ipv4.ts'
import type { Publication } from '../../model/environment.ts'
import type { ProviderContext, PublishChange } from '../provider.ts'
import type { Box, BoxContext } from './box.ts'
import { readBox, writeBox } from './box-journal.ts'
import type { Engine } from './engine.ts'
import { listenersOf } from './listeners.ts'
import { isBridgeName, ownerOf } from './names.ts'
import {
  markOf,
  marksIn,
  portOf,
  publishScript,
  publishTable,
  publishTables,
  readMark,
} from './publish-table.ts'
import type { Reach } from './reach.ts'

/** What differs between what is published and what the definition wants. Throws `refused` for a port that is taken. */
export async function planPublished(found: Reach, context: BoxContext): Promise<readonly PublishChange[]> {
  const { environment, box } = context
  const table = publishTable(ownerOf(context))
  const noted = found.state === 'answers' ? ((await readBox(found.engine)).published ?? {}) : {}
  if (environment.publish.length === 0 && !noted[table]) return []
  // Only root may look; to whoever may not, the journal is as good.
  const present = box.isRoot ? await readMarks(box, table) : (noted[table] ?? [])
  const changes = compare(present, context)
  const opened = changes.filter(({ action }) => action !== 'destroy').map(({ port }) => port)
  const others = Object.entries(noted).filter(([name]) => name !== table)
  const marks = [...others.flatMap(([, list]) => list), ...(await marksOfOthers(box, table))]
  refuseTaken(opened, marks)
  const known = present.map((mark) => readMark(mark).port)
  await refuseListeners(
    opened.filter((port) => !known.includes(port)),
    context,
  )
  return changes
}

/** Pure. A table that lost what the journal knows of is as one that was never written. */
function compare(present: readonly string[], context: ProviderContext): readonly PublishChange[] {
  const published = { environment: context.environment, owner: ownerOf(context) }
  const wanted = context.environment.publish.map((one) => ({
    one,
    port: portOf(one),
    mark: markOf(published, one),
  }))
  const known = present.map((mark) => readMark(mark).port)
  const gone = known.filter((port) => !wanted.some((want) => want.port === port))
  return [
    ...gone.map((port) => ({
      port,
      action: 'destroy' as const,
      why: 'the definition no longer publishes it',
    })),
    ...wanted
      .filter(({ mark }) => !present.includes(mark))
      .map(({ one, port }) => ({
        port,
        action: known.includes(port) ? ('update' as const) : ('create' as const),
        why: describe(one),
      })),
  ]
}

/** `leads to lb.http, for anybody`. */
function describe({ host, endpoint, from }: Publication): string {
  return `leads to ${host}.${endpoint.name}, for ${from.length === 0 ? 'anybody' : from.join(', ')}`
}

async function readMarks(box: Box, table: string): Promise<readonly string[]> {
  const listed = await box.run('nft', ['list', 'table', 'ip', table], { seconds: 30 }).catch(() => '')
  return marksIn(listed)
}

/** Of environments of other engines on the box too. */
async function marksOfOthers(box: Box, own: string): Promise<readonly string[]> {
  if (!box.isRoot) return []
  const listed = await box.run('nft', ['list', 'tables', 'ip'], { seconds: 30 }).catch(() => '')
  const others = publishTables(listed).filter((table) => table !== own)
  return (await Promise.all(others.map((table) => readMarks(box, table)))).flat()
}

function refuseTaken(ports: readonly string[], marks: readonly string[]): void {
  const taken = marks.map(readMark).find(({ port }) => ports.includes(port))
  if (!taken) return
  throw new CopseError('refused', `port ${taken.port} of the box is published by ${taken.whose} already`, {
    hint: 'publish another port in the config, or take it from that environment first',
  })
}

/** What answers on the box itself would no longer be reached. What listens to machines of an environment alone still is. */
async function refuseListeners(ports: readonly string[], context: BoxContext): Promise<void> {
  if (ports.length === 0) return
  const { box } = context
  const [listeners, addresses] = await Promise.all([listenersOf(box), box.addresses()])
  const bridges = addresses.filter(({ device }) => isBridgeName(device)).map(({ cidr }) => cidr.split('/')[0])
  const taken = listeners.find(
    (one) => ports.includes(portOf(one)) && !isLoopback(one.address) && !bridges.includes(one.address),
  )
  if (!taken) return
  const at = taken.address === '*' ? '' : `, at ${taken.address}`
  throw new CopseError('refused', `something on ${box.name} itself answers at port ${portOf(taken)}${at}`, {
    hint: `ss -lnp 'sport = :${taken.port}' says what; publish another port in the config, or stop that`,
  })
}

function isLoopback(address: string): boolean {
  const [subnet, loopback] = [parseSubnet(`${address}/32`), parseSubnet('127.0.0.0/8')]
  return subnet !== undefined && loopback !== undefined && overlaps(subnet, loopback)
}

/** By the journal, which anybody may read. */
export async function isPublishing(engine: Engine, context: ProviderContext): Promise<boolean> {
  return (await readBox(engine)).published?.[publishTable(ownerOf(context))] !== undefined
}

/** Publishes these and nothing else of the environment. Call it under the box's lock. */
export async function setPublished(
  engine: Engine,
  context: BoxContext,
  publications: readonly Publication[],
): Promise<void> {
  const published = { environment: context.environment, owner: ownerOf(context) }
  const table = publishTable(published.owner)
  const journal = await readBox(engine)
  const { [table]: before, ...others } = journal.published ?? {}
  const marks = publications.map((one) => markOf(published, one))
  if (!before && marks.length === 0) return
  const note = async (noted: Readonly<Record<string, readonly string[]>>) =>
    writeBox(engine, { ...journal, published: Object.keys(noted).length > 0 ? noted : undefined })
  // Killed in between, the journal says too much rather than too little.
  if (marks.length > 0) await note({ ...others, [table]: marks })
  await write(engine.box, publishScript(published, publications))
  if (marks.length === 0) await note(others)
}

async function write(box: Box, script: string): Promise<void> {
  try {
    await box.run('nft', ['--file', '-'], { seconds: 30, input: script })
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new CopseError('failed', `ports of ${box.name} cannot be published: ${said}`, {
      cause,
      hint: 'nft list ruleset, which shows whether nftables works on this box',
    })
  }
}

/** Where the box is reached from outside: its addresses on the way to everywhere, or all but those of bridges. */
export async function outerAddresses(box: Box): Promise<readonly string[]> {
  const routes = ((await box.read('/proc/net/route')) ?? '').split('\n').map((line) => line.split('\t'))
  const ways = routes.filter(([, to, , , , , , mask]) => to === '00000000' && mask === '00000000')
  const outward = new Set(ways.map(([device]) => device))
  const addresses = (await box.addresses()).filter(({ device }) => device !== 'lo' && !isBridgeName(device))
  const facing = addresses.filter(({ device }) => outward.has(device))
  return (facing.length > 0 ? facing : addresses).map(({ cidr }) => cidr.split('/')[0] ?? '')
}

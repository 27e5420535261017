/** Golden images: what hosts have in common is installed once, on a machine that nobody else uses, and copied from then on. */
import pLimit from 'p-limit'
import { digestOf } from '../lib/digest.ts'
import { CopseError } from '../lib/errors.ts'
import type { ImageStore } from '../machines/provider.ts'
import type { DesiredHost } from '../model/desired.ts'
import type { DebianRelease, Host } from '../model/environment.ts'
import type { Bound } from '../resources/kind.ts'
import { fullName } from '../resources/unit-name.ts'
import { type Transport, Unreachable } from '../transports/transport.ts'
import { bindAll } from './plan-host.ts'
import { remoteScripts } from './remote-scripts.ts'
import type { Session } from './session.ts'
import { equip, workbench } from './workbench.ts'

/** Counts up when images are made in another way. */
const format = 2

/** Images made at the same time. */
const atOnce = 3

/** An image, and what it is made of. */
export interface Recipe {
  readonly id: string
  readonly debian: DebianRelease
  readonly resources: readonly Bound[]
  /** Units that copse configures on those hosts: they are not to run before that. */
  readonly units: readonly string[]
  readonly secrets: readonly string[]
}

/** The ids of the images that the hosts' machines can be copied from, by host name; what is missing is made first. */
export async function ensureImages(
  session: Session,
  hosts: readonly DesiredHost[],
  run: number,
): Promise<ReadonlyMap<string, string>> {
  const { images } = session.provider
  if (!images) return new Map()
  const recipes = new Map(hosts.map((desired) => [desired.host.name, recipeFor(desired)]))
  const fresh = new Set(
    (await images.list(session.providerContext)).flatMap(({ id, isFresh }) => (isFresh ? [id] : [])),
  )
  const wanted = new Map([...recipes.values()].flatMap((recipe) => (recipe ? [[recipe.id, recipe]] : [])))
  const missing = [...wanted.values()].filter(({ id }) => !fresh.has(id)).sort(byLength)
  const limit = pLimit(atOnce)
  await Promise.all(
    missing.map((recipe, index) =>
      limit(async () => {
        if (await makeImage(session, images, { recipe, index, run })) fresh.add(recipe.id)
      }),
    ),
  )
  return new Map(
    [...recipes].flatMap(([host, recipe]) => (recipe && fresh.has(recipe.id) ? [[host, recipe.id]] : [])),
  )
}

/** The longest first, as well as can be told, so that it does not end alone. */
function byLength(a: Recipe, b: Recipe): number {
  return b.resources.length - a.resources.length
}

/** Undefined where there is nothing to install. Pure. */
export function recipeFor({ host, resources, common, secrets }: DesiredHost): Recipe | undefined {
  const wanted = bindAll(resources)
  const held = heldBy(wanted, new Set(common))
  if (held.length === 0) return undefined
  const ids = new Set(held.map(({ id }) => id))
  const units = wanted
    .filter(({ kind, id }) => kind === 'unit' && !ids.has(id))
    .map(({ key }) => fullName(key))
  const { debian } = host
  const parts = { format, debian, resources: held.map(({ id, digest }) => [id, digest]), units, secrets }
  return { id: digestOf(parts).slice(0, 12), debian, resources: held, units, secrets }
}

/** What is common to all hosts, and needs nothing that is not. */
function heldBy(wanted: readonly Bound[], common: ReadonlySet<string>): readonly Bound[] {
  const all = new Set(wanted.map(({ id }) => id))
  const held = wanted.filter(({ id, imageNeeds }) => imageNeeds && common.has(id))
  const ids = new Set(held.map(({ id }) => id))
  const isWhole = ({ imageNeeds }: Bound) => imageNeeds?.every((id) => ids.has(id) || !all.has(id))
  return held.filter(isWhole)
}

interface Making {
  readonly recipe: Recipe
  /** Tells images that are made at the same time apart. */
  readonly index: number
  readonly run: number
}

/** False when it could not be made, which only costs time: its hosts are made without. */
async function makeImage(session: Session, images: ImageStore, making: Making): Promise<boolean> {
  const { recipe } = making
  const { provider, providerContext, context } = session
  const {
    index,
    recipe: { id, debian },
  } = making
  const host = workbench(session.desired.environment, { name: `image-${id}`, debian, index })
  if (!host) return false
  try {
    await provider.destroy(providerContext, host.name)
    await provider.create(providerContext, host)
    await fill(session, host, making)
    await images.keep(providerContext, host, { id: recipe.id, holds: holdings(recipe) })
    return true
  } catch (error) {
    if (!(error instanceof CopseError) && !(error instanceof Unreachable)) throw error
    await provider.destroy(providerContext, host.name).catch(() => undefined)
    context.emit({ event: 'progress', subject: host.name, message: `was not made: ${error.message}` })
    return false
  }
}

/** Installs what the image is to hold, as on any host, and takes away what only one machine may have. */
async function fill(session: Session, host: Host, { recipe, run }: Making): Promise<void> {
  const { context } = session
  await using transport = await session.connect(host)
  const before = await ask(transport, { main: { text: listEnabled } }, context.signal)
  await equip(session, transport, { host, wanted: recipe.resources, run })
  const lines = (words: readonly string[]) => ({ text: words.map((word) => `${word}\n`).join('') })
  const archive = { main: { text: remoteScripts.seal }, before: { text: before } }
  const lists = { configured: lines(recipe.units), secrets: lines(recipe.secrets) }
  await ask(transport, { ...archive, ...lists }, context.signal)
}

const listEnabled = 'systemctl list-unit-files --state=enabled --plain --no-legend | cut -d " " -f 1 | sort\n'

async function ask(
  transport: Transport,
  archive: Parameters<Transport['run']>[0],
  signal: AbortSignal,
): Promise<string> {
  const { code, stdout, stderr } = await transport.run(archive, signal)
  if (code !== 0) throw new CopseError('failed', `ended with code ${code}: ${stderr.trim()}`)
  return stdout
}

/** `nginx unbound and 4 more`. */
function holdings({ resources }: Recipe): string {
  const names = resources.map(({ key }) => key).reverse()
  return names.length > 3 ? `${names.slice(0, 2).join(' ')} and ${names.length - 2} more` : names.join(' ')
}

/** Looks at a box for `doctor`: what would keep machines from being made, and how to mend it. */
import { dirname } from 'node:path'
import { CopseError } from '../../lib/errors.ts'
import type { Finding } from '../provider.ts'
import type { Box, BoxContext } from './box.ts'
import { findBridge, refuseClash } from './bridge.ts'
import { examineChanges } from './changes.ts'
import { connect } from './client.ts'
import { readDistribution } from './distribution.ts'
import type { Engine } from './engine.ts'
import { chooseEngine, missingPrograms } from './ensure-engine.ts'
import { finding, mending } from './finding.ts'
import { examineResolvers } from './guest-resolvers.ts'
import { requireHeld } from './holding.ts'
import { inotifyDetail, inotifyLimit, raiseInotifyLimit, roomyLimit } from './inotify.ts'
import { ownInstances, readInstances } from './instances.ts'
import { readMirrors } from './mirrors.ts'
import { leastRoom } from './pool.ts'
import { privilegesDetail, readAccess } from './privileges.ts'
import { type Reach, reach } from './reach.ts'
import { ensureSubids, rangeDetail, readSubids } from './subids.ts'

export async function examineBox(context: BoxContext): Promise<readonly Finding[]> {
  const { environment, signal, box } = context
  const { name } = environment
  const found = await reach(box, signal)
  const machines = () => countMachines(found, context)
  return [
    await finding('engine', () => examineEngine(box, found)),
    await finding('privileges', () => examinePrivileges(found, context)),
    await finding('tools', async () => examineTools(box, name)),
    await finding(
      'ids',
      () => examineSubids(box, found, name),
      mending(found, context, async (engine, say) => {
        if (await ensureSubids(engine, say)) say(restartAdvice(engine))
      }),
    ),
    await finding('packages', async () => `guests get theirs from ${(await readMirrors(box)).archive}`),
    await finding('resolvers', async () =>
      examineResolvers(box, environment, (await readMirrors(box)).archive),
    ),
    await finding('subnet', async () => {
      if (found.state === 'answers') await requireHeld(connect(found.engine, signal), context)
      await refuseClash(context)
      return `${environment.subnet} is free`
    }),
    await finding('disk', () => examineDisk(box, found)),
    await finding(
      'inotify',
      async () => inotifyDetail(await inotifyLimit(box), await machines(), name),
      mending(found, context, async (engine, say) => {
        const limit = roomyLimit(await machines())
        say(`sets the limit of inotify instances to ${limit}, now and at boot`)
        await raiseInotifyLimit(engine, limit)
      }),
    ),
    ...(await examineChanges(found, context)),
  ]
}

async function examineEngine(box: Box, found: Reach): Promise<string> {
  if (found.state === 'silent') throw found.trouble
  if (found.state === 'answers')
    return `${found.engine.product.name} ${found.version} in ${found.engine.directory}`
  const distribution = await readDistribution(box)
  const { product } = await chooseEngine(found, distribution)
  const verb = (await box.exists(product.daemon)) ? 'starts' : 'installs'
  return `none runs yet: the first \`up\` ${verb} ${product.name} (${distribution.name})`
}

async function examinePrivileges(found: Reach, context: BoxContext): Promise<string> {
  const engine = await chooseEngine(found, await readDistribution(context.box))
  const isPrepared =
    found.state === 'answers' &&
    (await findBridge(connect(found.engine, context.signal), context)) !== undefined
  const { state } = found
  return privilegesDetail(await readAccess(engine), {
    environment: context.environment.name,
    state,
    isPrepared,
  })
}

async function examineTools(box: Box, environment: string): Promise<string> {
  const missing = await missingPrograms(box)
  if (missing.length === 0) return 'all there'
  if (box.isRoot) return `the first \`up\` installs ${missing.join(', ')}`
  throw new CopseError('failed', `${missing.join(', ')} not found`, { hint: `sudo copse up ${environment}` })
}

/** An engine that does not run yet is given its ids by the `up` that starts it. */
async function examineSubids(box: Box, found: Reach, environment: string): Promise<string> {
  const files = await readSubids(box)
  const ranges = files.map((file) => rangeDetail(file))
  const without = files.filter((_file, at) => ranges[at] === undefined).map(({ file }) => file)
  if (without.length === 0) return `root has ${ranges.join(' and ')}`
  const detail = `root has no range of ids for machines in ${without.join(' and ')}`
  if (found.state === 'down') return `${detail}: the first \`up\` adds one`
  throw new CopseError('failed', detail, {
    hint: `copse doctor ${environment} --fix; ${restartAdvice(found.engine)}`,
  })
}

function restartAdvice({ product: { name, units } }: Engine): string {
  return `${name} reads the ranges when it starts: systemctl restart ${units.at(-1)}`
}

async function examineDisk(box: Box, found: Reach): Promise<string> {
  const directory =
    found.state === 'down' ? (found.engines[0]?.directory ?? '/var/lib') : found.engine.directory
  const at = await existing(box, directory)
  const free = (await box.room(at)).freeBytes / 2 ** 30
  const detail = `${free.toFixed(1)} GiB free in ${directory}`
  if (free >= leastRoom) return detail
  throw new CopseError('failed', `${detail}, ${leastRoom} wanted`, {
    hint: `see what takes it: du -xhd1 ${at} | sort -h`,
  })
}

/** The directory, or the nearest one above it that is there. */
async function existing(box: Box, directory: string): Promise<string> {
  return (await box.exists(directory)) ? directory : existing(box, dirname(directory))
}

/** Those that run already, or those that the environment will have. */
/** The environment's, and all others that run. */
async function countMachines(found: Reach, context: BoxContext): Promise<number> {
  const there = found.state === 'answers' ? await readInstances(connect(found.engine, context.signal)) : []
  const own = ownInstances(there, context)
  const others = there.filter((one) => one.status === 'Running' && !own.includes(one))
  return others.length + context.environment.hosts.length
}

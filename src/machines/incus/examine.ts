/** Looks at the box for `doctor`: what would keep machines from being made, and how to mend it. Changes nothing. */
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CopseError } from '../../lib/errors.ts'
import type { Finding, ProviderContext } from '../provider.ts'
import { refuseClash } from './bridge.ts'
import { connect } from './client.ts'
import { readDistribution } from './distribution.ts'
import { chooseEngine, missingPrograms } from './ensure-engine.ts'
import { readInstances } from './instances.ts'
import { readMirrors } from './mirrors.ts'
import { leastRoom } from './pool.ts'
import { type Reach, reach } from './reach.ts'
import { inotifyLimit } from './ssh-answer.ts'

/** inotify instances that the systemd of one machine takes, with a little room. */
const perMachine = 10

export async function examineBox(context: ProviderContext): Promise<readonly Finding[]> {
  const found = await reach(context.signal)
  return [
    await finding('engine', () => examineEngine(found)),
    await finding('privileges', async () => examinePrivileges(found)),
    await finding('tools', async () => examineTools()),
    await finding('packages', async () => `guests get theirs from ${(await readMirrors()).archive}`),
    await finding('subnet', async () => {
      await refuseClash(context)
      return `${context.environment.subnet} is free`
    }),
    await finding('disk', () => examineDisk(found)),
    await finding('inotify', () => examineInotify(found, context)),
  ]
}

/** What throws is a finding that is not ok. */
async function finding(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, detail: await look() }
  } catch (error) {
    if (!(error instanceof CopseError)) throw error
    return { check, ok: false, detail: error.message, fix: error.hint }
  }
}

async function examineEngine(found: Reach): Promise<string> {
  if (found.state === 'silent') throw found.trouble
  if (found.state === 'answers')
    return `${found.engine.product.name} ${found.version} in ${found.engine.directory}`
  const distribution = await readDistribution()
  const { product } = chooseEngine(found, distribution)
  const verb = existsSync(product.daemon) ? 'starts' : 'installs'
  return `none runs yet: the first \`up\` ${verb} ${product.name} (${distribution.name})`
}

function examinePrivileges(found: Reach): string {
  if (process.getuid?.() === 0) return 'root'
  if (found.state === 'answers') return `no root, but ${found.engine.product.name} answers this user`
  throw new CopseError('failed', 'only root may install and start a container engine', {
    hint: 'run copse with sudo',
  })
}

function examineTools(): string {
  const missing = missingPrograms()
  if (missing.length === 0) return 'all there'
  if (process.getuid?.() === 0) return `the first \`up\` installs ${missing.join(', ')}`
  throw new CopseError('failed', `${missing.join(', ')} not found`, { hint: 'run copse with sudo' })
}

async function examineDisk(found: Reach): Promise<string> {
  const directory =
    found.state === 'down' ? (found.engines[0]?.directory ?? '/var/lib') : found.engine.directory
  const { bavail, bsize } = await statfs(existing(directory))
  const free = (bavail * bsize) / 2 ** 30
  const detail = `${free.toFixed(1)} GiB free in ${directory}`
  if (free >= leastRoom) return detail
  throw new CopseError('failed', `${detail}, ${leastRoom} wanted`, { hint: 'make room on that disk' })
}

/** The directory, or the nearest one above it that is there. */
function existing(directory: string): string {
  return existsSync(directory) ? directory : existing(dirname(directory))
}

async function examineInotify(found: Reach, { environment, signal }: ProviderContext): Promise<string> {
  const limit = await inotifyLimit()
  const there = found.state === 'answers' ? await readInstances(connect(found.engine, signal)) : []
  const running = there.filter(({ status }) => status === 'Running').length
  const wanted = perMachine * Math.max(running, environment.hosts.length)
  const detail = `${limit} inotify instances; ${environment.hosts.length} hosts take about ${wanted}`
  if (wanted <= limit) return detail
  throw new CopseError('failed', detail, { hint: `sysctl -w fs.inotify.max_user_instances=${wanted * 2}` })
}

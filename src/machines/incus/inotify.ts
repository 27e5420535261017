/** How many inotify instances one user of the box may have: a machine that finds none left does not boot. */
import { CopseError } from '../../lib/errors.ts'
import type { Box } from './box.ts'
import { readBox, writeBox } from './box-journal.ts'
import type { Engine } from './engine.ts'
import { addLine } from './lines.ts'

const setting = 'fs.inotify.max_user_instances'

/** Where the kernel has the limit, and where it is set at boot; after those of an engine's package. */
const places = {
  now: '/proc/sys/fs/inotify/max_user_instances',
  atBoot: '/etc/sysctl.d/60-copse.conf',
}

/** What the systemd of one machine takes, with a little room. */
const perMachine = 10

/** The kernel's limit. */
export async function inotifyLimit(box: Box): Promise<number> {
  return Number(await box.read(places.now))
}

/** What is wanted for so many machines, twice over, so that it is not raised for each. */
export function roomyLimit(machines: number): number {
  return 2 * perMachine * machines
}

/** Throws when the limit is too low for so many machines. */
export function inotifyDetail(limit: number, machines: number, environment: string): string {
  const wanted = perMachine * machines
  const detail = `${limit} inotify instances; ${machines} machines take about ${wanted}`
  if (wanted <= limit) return detail
  throw new CopseError('failed', detail, {
    hint: `copse doctor ${environment} --fix; or until the next boot: sysctl -w ${setting}=${roomyLimit(machines)}`,
  })
}

/** Sets the limit now and for every boot, and notes what it was. Call it under the box's lock. */
export async function raiseInotifyLimit(engine: Engine, limit: number, { now, atBoot } = places) {
  const journal = await readBox(engine)
  const former = journal.inotify ?? (await engine.box.read(now))?.trim()
  await writeBox(engine, { ...journal, inotify: former })
  await addLine(engine, atBoot, `${setting} = ${limit}`)
  try {
    await engine.box.write(now, `${limit}\n`)
  } catch (cause) {
    throw new CopseError('failed', `the kernel does not let ${engine.box.name} set ${setting}`, {
      cause,
      hint: `where this box is a container, set it on its host: sysctl -w ${setting}=${limit}`,
    })
  }
}

/** Puts the limit back as it was, where no other engine needs it at boot. Call it once the engine's own lines are gone. */
export async function restoreInotifyLimit(engine: Engine, { now, atBoot } = places) {
  const { inotify, ...journal } = await readBox(engine)
  if (inotify === undefined) return
  // A kernel that did not let it be raised would not let it be put back.
  const isRaised = (await engine.box.read(now))?.trim() !== inotify
  if (isRaised && !(await engine.box.exists(atBoot))) await engine.box.write(now, `${inotify}\n`)
  await writeBox(engine, journal)
}

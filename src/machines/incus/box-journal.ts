/** What copse changed on a box outside its engine, remembered so that it can be listed and undone. */
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { sha256 } from '../../lib/digest.ts'
import type { Engine } from './engine.ts'

const BoxJournal = z.object({
  version: z.literal(1),
  engine: z.string(),
  /** Packages that copse installed, with what they brought along. */
  packages: z.array(z.string()),
  /** Lines that copse added, each after the name of its file. */
  lines: z.array(z.string()),
  /** The daemon that copse started, told from a later process of the same number by its start time. */
  daemon: z.object({ pid: z.number(), started: z.string() }).optional(),
  /** Copse had the service manager start the engine. */
  units: z.literal(true).optional(),
  /** The engine had never run before copse started it: what its directory holds, or the directory itself, is of copse. */
  files: z.enum(['contents', 'directory']).optional(),
  /** Settings of the kernel below /proc/sys, as they were before the first bridge switched forwarding on. */
  forwarding: z.record(z.string(), z.string()).optional(),
  /** The limit of inotify instances, as it was before copse raised it. */
  inotify: z.string().optional(),
  /** What is published, by the table of its environment: marks as in publish-table.ts. */
  published: z.record(z.string(), z.array(z.string()).readonly()).optional(),
})
export type BoxJournal = z.output<typeof BoxJournal>

/** Tells one engine of this box from another. */
export function boxName(engine: Engine): string {
  return `box-${sha256(engine.directory).slice(0, 8)}`
}

/** A file of an engine's box: its journal, its daemon's log. Those of a directory of its own lie, and go, with it. */
export function boxFile(engine: Engine, ending: 'json' | 'log'): string {
  return isUsual(engine)
    ? join('/var/lib/copse', `${boxName(engine)}.${ending}`)
    : join(engine.directory, `copse-box.${ending}`)
}

function isUsual({ directory, product }: Engine): boolean {
  return directory === product.directory
}

/** Makes room for those files. */
export async function makeBoxDirectory(engine: Engine): Promise<void> {
  await engine.box.makeDirectory(dirname(boxFile(engine, 'json')), 0o711)
}

/** An engine that copse has not changed anything for has an empty journal. */
export async function readBox(engine: Engine): Promise<BoxJournal> {
  const text = await engine.box.read(boxFile(engine, 'json'))
  if (text !== undefined) return BoxJournal.parse(JSON.parse(text))
  return { version: 1, engine: engine.directory, packages: [], lines: [] }
}

/** Writes the journal; one that says nothing is removed. Call it under the box's lock. */
export async function writeBox(engine: Engine, journal: BoxJournal): Promise<void> {
  const path = boxFile(engine, 'json')
  if (isEmpty(journal)) {
    await engine.box.remove(path)
    // Other engines' journals may lie there too.
    if (isUsual(engine)) await engine.box.removeEmpty(dirname(path))
    return
  }
  await makeBoxDirectory(engine)
  await engine.box.replace(path, `${JSON.stringify(journal, undefined, 2)}\n`)
}

function isEmpty({ packages, lines, ...others }: BoxJournal): boolean {
  const { daemon, units, files, forwarding, inotify, published } = others
  return (
    packages.length + lines.length === 0 && !(daemon || units || files || forwarding || inotify || published)
  )
}

/** What copse changed on this box outside its engine, remembered so that it can be listed and undone. */
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { sha256 } from '../../lib/digest.ts'
import type { Engine } from './engine.ts'

const Box = z.object({
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
})
export type Box = z.output<typeof Box>

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
  await mkdir(dirname(boxFile(engine, 'json')), { recursive: true, mode: 0o711 })
}

/** An engine that copse has not changed anything for has an empty journal. */
export async function readBox(engine: Engine): Promise<Box> {
  try {
    return Box.parse(JSON.parse(await readFile(boxFile(engine, 'json'), 'utf8')))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    return { version: 1, engine: engine.directory, packages: [], lines: [] }
  }
}

/** Writes the journal; one that says nothing is removed. Call it under the box's lock. */
export async function writeBox(engine: Engine, box: Box): Promise<void> {
  const path = boxFile(engine, 'json')
  if (isEmpty(box)) {
    await rm(path, { force: true })
    // Other engines' journals may lie there too.
    if (isUsual(engine)) await rmdir(dirname(path)).catch(() => undefined)
    return
  }
  await makeBoxDirectory(engine)
  await writeFile(`${path}.new`, `${JSON.stringify(box, undefined, 2)}\n`)
  await rename(`${path}.new`, path)
}

function isEmpty({ packages, lines, daemon, units, files, forwarding }: Box): boolean {
  return packages.length + lines.length === 0 && !(daemon || units || files || forwarding)
}

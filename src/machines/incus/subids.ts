/** The ids of root that unprivileged machines are mapped to: /etc/subuid and /etc/subgid. */
import { CopseError } from '../../lib/errors.ts'
import type { Box } from './box.ts'
import type { Engine } from './engine.ts'
import { addLine } from './lines.ts'

const files = ['/etc/subuid', '/etc/subgid']
const first = 1_000_000
const most = 1_000_000_000
/** A machine has as many ids as a 16-bit number. */
const least = 65_536

/** The line that gives root a range, inside the ids that this box itself has (/proc/self/uid_map). */
export function rangeLine(uidMap: string): string {
  return `root:${first}:${Math.min(most, Math.max(least, ownedIds(uidMap) - first))}`
}

function ownedIds(uidMap: string): number {
  return (
    uidMap
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .find(([inside]) => inside === 0)?.[2] ?? 0
  )
}

/** Adds the range where root has none, noted in the box's journal; false where it has. An engine reads it when it starts. */
export async function ensureSubids(engine: Engine, say: (message: string) => void): Promise<boolean> {
  const line = rangeLine((await engine.box.read('/proc/self/uid_map')) ?? '')
  const without = (await readSubids(engine.box)).filter(({ text }) => !/^root:/m.test(text))
  for (const { file } of without) {
    say(`gives root a range of ids in ${file}`)
    await addLine(engine, file, line)
  }
  return without.length > 0
}

/** A file of ranges; one that is not there is empty. */
export interface SubidFile {
  readonly file: string
  readonly text: string
}

export function readSubids(box: Box): Promise<readonly SubidFile[]> {
  return Promise.all(files.map(async (file) => ({ file, text: (await box.read(file)) ?? '' })))
}

/** The range that a file gives root. Throws when it is too small for a machine. Undefined: the file gives none. */
export function rangeDetail({ file, text }: SubidFile): string | undefined {
  const ranges = [...text.matchAll(/^root:(\d+):(\d+)$/gm)].map(([, from, count]) => ({
    from: Number(from),
    count: Number(count),
  }))
  const [largest] = ranges.sort((a, b) => b.count - a.count)
  if (largest === undefined) return undefined
  const detail = `${largest.count} ids from ${largest.from} in ${file}`
  if (largest.count >= least) return detail
  throw new CopseError('failed', `root has ${detail}; a machine has ${least}`, {
    hint: `write ${rangeLine('')} instead of that line, and restart the engine`,
  })
}

/** The ids of root that unprivileged machines are mapped to: /etc/subuid and /etc/subgid. */
import { appendFile, readFile } from 'node:fs/promises'
import { readBox, writeBox } from './box.ts'
import type { Engine } from './engine.ts'

const files = ['/etc/subuid', '/etc/subgid']
const first = 1_000_000
const most = 1_000_000_000

/** The line that gives root a range, inside the ids that this box itself has (/proc/self/uid_map). */
export function rangeLine(uidMap: string): string {
  const owned = uidMap
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .find(([inside]) => inside === 0)?.[2]
  return `root:${first}:${Math.min(most, Math.max(65536, (owned ?? 0) - first))}`
}

/** Adds the range where root has none, and notes it in the box's journal. An engine reads it when it starts. */
export async function ensureSubids(engine: Engine, say: (message: string) => void): Promise<void> {
  const line = rangeLine(await readFile('/proc/self/uid_map', 'utf8'))
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (/^root:/m.test(text)) continue
    say(`gives root a range of ids in ${file}`)
    const box = await readBox(engine)
    await writeBox(engine, { ...box, lines: [...box.lines, `${file} ${line}`] })
    await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`)
  }
}

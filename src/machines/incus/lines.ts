/** Takes back the lines that copse added to files of this box. */
import { readFile, writeFile } from 'node:fs/promises'
import { readBox, writeBox } from './box.ts'
import type { Engine } from './engine.ts'

/** Call it when nothing needs them any more, under the box's lock. A line that somebody changed since is theirs. */
export async function removeLines(engine: Engine): Promise<void> {
  const box = await readBox(engine)
  for (const noted of box.lines) {
    const [file = '', line = ''] = noted.split(/ (.*)/)
    const text = await readFile(file, 'utf8').catch(() => '')
    if (text.split('\n').includes(line)) await writeFile(file, withoutLine(text, line))
  }
  if (box.lines.length > 0) await writeBox(engine, { ...box, lines: [] })
}

/** The text without the last such line: what copse adds it adds at the end. Pure. */
export function withoutLine(text: string, line: string): string {
  const lines = text.split('\n')
  const at = lines.lastIndexOf(line)
  return at < 0 ? text : lines.toSpliced(at, 1).join('\n')
}

/** Lines that copse adds to files of a box, such as a setting of the kernel, and takes back. */
import { basename } from 'node:path'
import { readBox, writeBox } from './box-journal.ts'
import type { Engine } from './engine.ts'

/** Notes the line in the box's journal, then adds it; does nothing where it is there. Call it under the box's lock. */
export async function addLine(engine: Engine, file: string, line: string): Promise<void> {
  const text = (await engine.box.read(file)) ?? ''
  if (text.split('\n').includes(line)) return
  const journal = await readBox(engine)
  await writeBox(engine, { ...journal, lines: [...journal.lines, `${file} ${line}`] })
  await engine.box.append(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`)
}

/** Call it when nothing needs them any more, under the box's lock. A line that somebody changed since is theirs. */
export async function removeLines(engine: Engine): Promise<void> {
  const { box } = engine
  const journal = await readBox(engine)
  for (const noted of journal.lines) {
    const [file = '', line = ''] = noted.split(/ (.*)/)
    const text = (await engine.box.read(file)) ?? ''
    const rest = withoutLine(text, line)
    if (rest === '' && basename(file).includes('copse')) await box.remove(file)
    else if (rest !== text) await box.write(file, rest)
  }
  if (journal.lines.length > 0) await writeBox(engine, { ...journal, lines: [] })
}

/** The text without the last such line: what copse adds it adds at the end. Pure. */
export function withoutLine(text: string, line: string): string {
  const lines = text.split('\n')
  const at = lines.lastIndexOf(line)
  return at < 0 ? text : lines.toSpliced(at, 1).join('\n')
}

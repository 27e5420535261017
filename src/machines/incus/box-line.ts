/** A line that copse adds to a file of the box, such as a setting of the kernel. */
import { appendFile, readFile } from 'node:fs/promises'
import { readBox, writeBox } from './box.ts'
import type { Engine } from './engine.ts'

/** Notes the line in the box's journal, then adds it; does nothing where it is there. Call it under the box's lock. */
export async function addLine(engine: Engine, file: string, line: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '')
  if (text.split('\n').includes(line)) return
  const box = await readBox(engine)
  await writeBox(engine, { ...box, lines: [...box.lines, `${file} ${line}`] })
  await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`)
}

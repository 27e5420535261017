/** Edits all secrets of an environment as JSON in the operator's own editor, in memory alone. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { CopseError } from '../lib/errors.ts'
import { Secret } from '../lib/secret.ts'
import { secretName } from '../resources/secret-text.ts'
import { ask } from './consent.ts'
import { faultIn, type Input } from './secrets-input.ts'

type Values = ReadonlyMap<string, Secret>

/** What the editor left. What is wrong may be mended there, as long as somebody is there to do so. */
export async function editSecrets(values: Values, { screen, signal }: Input): Promise<Values> {
  using draft = makeDraft(format(values))
  for (;;) {
    await runEditor(draft.file, signal)
    const { edited, fault } = parse(readFileSync(draft.file, 'utf8'))
    if (edited) return edited
    if (!screen.canAsk) throw notSaved(fault)
    const answer = await ask(`${fault}. Press Enter to edit it again, or type no to give up: `, { signal })
    if (answer.trim() !== '') throw notSaved(fault)
  }
}

function notSaved(fault: string | undefined): CopseError {
  return new CopseError('usage', `${fault}; nothing was changed`)
}

function format(values: Values): string {
  const all = Object.fromEntries([...values].map(([name, value]) => [name, value.reveal()]))
  return `${JSON.stringify(all, null, 2)}\n`
}

const shape = z.record(z.string(), z.string())

/** A parser's own words would quote what it could not read. */
function parse(text: string): { readonly edited?: Values; readonly fault?: string } {
  let parsed: z.ZodSafeParseResult<Record<string, string>>
  try {
    parsed = shape.safeParse(JSON.parse(text))
  } catch {
    return { fault: 'This is not JSON' }
  }
  if (!parsed.success) return { fault: 'It must be one object: the texts of secrets by their names' }
  for (const [name, value] of Object.entries(parsed.data)) {
    if (!secretName.safeParse(name).success)
      return { fault: `${JSON.stringify(name)} is no name: lower-case letters, digits and hyphens` }
    const fault = faultIn(value)
    if (fault !== undefined) return { fault: `The value of ${name} ${fault}` }
  }
  return { edited: new Map(Object.entries(parsed.data).map(([name, value]) => [name, new Secret(value)])) }
}

/** A file in memory that is the operator's alone; it goes also when the process is ended at once. */
function makeDraft(text: string): Disposable & { readonly file: string } {
  const { XDG_RUNTIME_DIR: own } = process.env
  const base = own && isAbsolute(own) && existsSync(own) ? own : '/dev/shm'
  const directory = mkdtempSync(join(base, 'copse-secrets-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  process.once('exit', remove)
  const file = join(directory, 'secrets.json')
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
  return {
    file,
    [Symbol.dispose]() {
      process.off('exit', remove)
      remove()
    },
  }
}

/** The editor is a line of shell, as git takes it. */
async function runEditor(file: string, signal: AbortSignal): Promise<void> {
  const editor = process.env.VISUAL || process.env.EDITOR || 'editor'
  using _theirs = leaveInterrupts()
  const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' })
  const stop = () => child.kill('SIGHUP')
  signal.addEventListener('abort', stop, { once: true })
  const [code] = await once(child, 'exit')
  signal.removeEventListener('abort', stop)
  if (signal.aborted) throw new CopseError('interrupted', 'interrupted; nothing was changed')
  if (code !== 0)
    throw new CopseError('failed', `the editor ended with ${code ?? 'a signal'}; nothing was changed`, {
      hint: `it was ${editor}: set VISUAL or EDITOR to another one`,
    })
}

/** While the editor has the terminal, Ctrl-C is for it. */
function leaveInterrupts(): Disposable {
  const listeners = process.listeners('SIGINT')
  const ignore = () => undefined
  process.removeAllListeners('SIGINT')
  process.on('SIGINT', ignore)
  return {
    [Symbol.dispose]() {
      for (const listener of listeners) process.on('SIGINT', listener)
      process.off('SIGINT', ignore)
    },
  }
}

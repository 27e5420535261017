/** Reads the value of a secret: from a pipe or a file, or typed where nobody sees it. */
import { CopseError } from '../lib/errors.ts'
import { Secret } from '../lib/secret.ts'
import { ask } from './consent.ts'
import type { Screen } from './screen.ts'

/** More than any key or certificate has. */
const mostBytes = 65_536

/** Where it is read, and what ends that. */
export interface Input {
  readonly screen: Pick<Screen, 'canAsk'>
  readonly signal: AbortSignal
}

/** One line break at its end is not part of it. */
export async function readSecret(prompt: string, { screen, signal }: Input): Promise<Secret> {
  if (process.stdin.isTTY && !screen.canAsk)
    throw new CopseError('usage', 'there is nobody to ask for the value', {
      hint: 'give it on standard input, or let copse make it: --generate',
    })
  const typed = process.stdin.isTTY ? await ask(prompt, { signal, isHidden: true }) : await readAll(signal)
  const value = typed.replace(/\r?\n$/, '')
  const fault = faultIn(value)
  if (fault !== undefined) throw new CopseError('usage', `the value ${fault}; nothing was changed`)
  return new Secret(value)
}

/** Why a text cannot be a secret; undefined where it can. */
export function faultIn(value: string): string | undefined {
  if (value === '') return 'is empty'
  if (Buffer.byteLength(value) > mostBytes) return `has more than ${mostBytes} bytes`
  return value.isWellFormed() && !value.includes('\0') ? undefined : 'is not text'
}

async function readAll(signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    signal.throwIfAborted()
    chunks.push(Buffer.from(chunk))
    size += chunk.length
    if (size > 2 * mostBytes) break
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new CopseError('usage', 'the value is not UTF-8 text; nothing was changed', {
      hint: 'write bytes as base64, and decode them on the host',
    })
  }
}

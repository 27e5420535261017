/** Asks before something that deserves it; without a terminal it never waits for an answer. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { CopseError } from '../lib/errors.ts'
import type { Screen } from './screen.ts'

/** What is about to happen, and how its consent is given. */
export interface Question {
  /** `prod is protected`: why copse asks at all. */
  readonly reason: string
  /** What must be typed. */
  readonly word: string
  /** `--yes` was given. */
  readonly isGiven: boolean
}

/** Returns when consent is given; throws `refused` otherwise, with nothing changed. */
export async function requireConsent(screen: Screen, question: Question, signal: AbortSignal): Promise<void> {
  if (question.isGiven) return
  if (!screen.canAsk)
    throw new CopseError('refused', `${question.reason}; nothing was changed`, {
      hint: 'pass --yes, or run it on a terminal and confirm there',
    })
  const answer = await ask(`${question.reason}. Type ${question.word} to go on: `, { signal })
  if (answer.trim() !== question.word)
    throw new CopseError('refused', 'not confirmed; nothing was changed', {
      hint: `type exactly ${question.word}, or pass --yes`,
    })
}

/** One line from the terminal, not shown where it is hidden. An end of input counts as an empty answer. Ctrl-C reaches readline alone: it has the terminal to itself. */
export async function ask(
  prompt: string,
  { signal, isHidden = false }: { readonly signal: AbortSignal; readonly isHidden?: boolean },
): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  if (isHidden) process.stderr.write(prompt)
  using lines = createInterface(
    isHidden
      ? { input: process.stdin, output: nowhere, terminal: true }
      : { input: process.stdin, output: process.stderr },
  )
  const ended = new Promise<string>((resolve, reject) => {
    lines.once('SIGINT', () => reject(new CopseError('interrupted', 'interrupted; nothing was changed')))
    lines.once('close', () => resolve(''))
  })
  const answer = await Promise.race([lines.question(prompt, { signal }), ended])
  if (isHidden) process.stderr.write('\n')
  return answer
}

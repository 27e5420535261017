/** A command that runs only while its guard says that it is needed. */
import { z } from 'zod'
import { digestOf } from '../lib/digest.ts'
import type { Resource } from '../model/resource.ts'
import { defineKind, type KindDefinition, makeResource, step } from './kind.ts'
import { absolutePath, oneLine } from './words.ts'

const spec = z
  .strictObject({
    name: oneLine.min(1),
    run: z.string().min(1),
    unless: z.string().min(1).optional(),
    creates: absolutePath.optional(),
  })
  .refine(({ unless, creates }) => (unless === undefined) !== (creates === undefined), {
    message: 'needs a guard: either `unless` (a command that succeeds when there is nothing to do) or `creates` (a path)',
  })

type Spec = z.output<typeof spec>

const definition: KindDefinition<Spec> = {
  name: 'command',
  spec,
  key: ({ name }) => name,
  hint: (wanted) => Buffer.from(guardOf(wanted)).toString('base64'),
  observe: `see() {
  if [ -z "$2" ]; then return 0; fi
  code=0
  printf %s "$2" | base64 -d | sh -s >/dev/null 2>&1 || code=$?
  printf '%s\\tguard=%s\\n' "$1" "$code"
}
each see`,
  diff: (_wanted, found) =>
    found?.guard === '0' ? undefined : { action: 'update', why: [`its guard ended with ${found?.guard ?? 'nothing'}`] },
  apply: ({ run }) => step({ shell: run }),
  remove: () => step({ shell: ':' }),
}

function guardOf({ unless, creates }: Spec): string {
  return unless ?? `test -e '${creates?.replaceAll("'", `'\\''`)}'`
}

export const commandKind = defineKind(definition)

/** How a command knows whether it is needed; exactly one of them. */
export interface CommandOptions {
  /** What the plan calls it; the command itself when absent. */
  readonly name?: string
  /** POSIX sh that succeeds when there is nothing to do; run read-only. */
  readonly unless?: string
  /** A path; there is nothing to do when it exists. */
  readonly creates?: string
}

/** Runs POSIX sh as root when its guard says so. What it did is not undone when it is no longer wanted. */
export function command(run: string, options: CommandOptions): Resource {
  const short = /^[^\n\t]{1,60}$/.test(run) ? run : `${run.replaceAll(/\s+/g, ' ').slice(0, 40)} ${digestOf(run).slice(0, 8)}`
  return makeResource(definition, { name: short, run, ...options })
}

/** What a command is: its words and flags, and what it does with them. */
import type { Command as Parsed } from 'commander'
import type { ConfigThread } from '../config/load-thread.ts'
import type { Flag, GlobalFlags } from './flags.ts'
import type { Screen } from './screen.ts'

/** What was typed, and what a command works with. */
export interface Invocation<Own = unknown> {
  /** Its name, `plan`. */
  readonly command: string
  /** The whole line, as the journal and the lock remember it. */
  readonly typed: string
  /** The positional words after it; the first names the environment where the command has one. */
  readonly words: readonly string[]
  /** What follows `--`. */
  readonly rest: readonly string[]
  readonly flags: GlobalFlags & Own
  readonly screen: Screen
  readonly signal: AbortSignal
  /** Has been loading since the command was known; for the first config that is loaded. */
  readonly thread?: ConfigThread | undefined
}

/** What a command's file says about it. */
export interface CommandDefinition<Own> {
  /** Positional words as help shows them; `...` after the last that may be repeated. */
  readonly words: readonly string[]
  /** True for commands that pass on what follows `--`. */
  readonly takesRest?: boolean
  readonly flags: readonly Flag[]
  /** Shown below the flags: examples, and what the exit codes mean here. */
  readonly more?: string
  /** Returns the exit code. */
  run(invocation: Invocation<Own>): Promise<number>
}

/** A command whose own flags' type is its own affair. */
export interface Command {
  readonly words: readonly string[]
  readonly takesRest: boolean
  readonly flags: readonly Flag[]
  readonly more: string
  run(
    parsed: Parsed,
    given: Pick<Invocation, 'typed' | 'rest' | 'screen' | 'signal' | 'thread'>,
  ): Promise<number>
}

/** Hides the type of a command's own flags behind the parser, which fills them in. */
export function defineCommand<Own = unknown>(definition: CommandDefinition<Own>): Command {
  return {
    words: definition.words,
    takesRest: definition.takesRest ?? false,
    flags: definition.flags,
    more: definition.more ?? '',
    run: (parsed, given) =>
      definition.run({
        ...given,
        command: parsed.name(),
        words: parsed.args,
        flags: parsed.optsWithGlobals<GlobalFlags & Own>(),
      }),
  }
}

/** A command that runs only while its guard says that it is needed. */
import { z } from 'zod'
import { digestOf } from '../lib/digest.ts'
import { sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { defineKind, type KindDefinition, makeResource, step } from './kind.ts'
import { idsOf } from './unit-stamp.ts'
import { absolutePath, oneLine } from './words.ts'

const script = z
  .string()
  .min(1)
  .regex(/^[^\0]*$/, 'must not contain NUL')

const spec = z
  .strictObject({
    name: oneLine.min(1).max(200),
    run: script,
    unless: script.optional(),
    onlyIf: script.optional(),
    creates: absolutePath.optional(),
    runOn: z.array(oneLine.min(1)).optional(),
  })
  .refine(({ unless, onlyIf, creates }) => (unless ?? onlyIf ?? creates) !== undefined, {
    message:
      'needs a guard: `unless`, `onlyIf` (commands) or `creates` (a path) says whether there is anything to do',
  })

type Command = z.output<typeof spec>

const definition: KindDefinition<Command> = {
  name: 'command',
  spec,
  key: ({ name }) => name,
  hint: ({ unless, onlyIf, creates }) => [unless, onlyIf, creates].map(encoded).join(' '),
  // What ends with 0 here is done. A command that is only remembered has no hint and is never found.
  observe: {
    perl: `my $succeeds = sub {
  my ($key, $script) = @_;
  my $child = fork // die "fork: $!";
  if (!$child) {
    open STDIN, "<", "/dev/null";
    open STDOUT, ">", "/dev/null";
    open STDERR, ">", "/dev/null";
    setpgrp;
    alarm 10;
    exec "sh", "-c", $script or exit 127;
  }
  waitpid $child, 0;
  if (($? & 127) == 14) {
    kill KILL => -$child;
    die "a guard of $key took more than 10 s\\n";
  }
  $? == 0;
};
for (@_) {
  my ($key, $hint) = @$_;
  next if $hint eq "";
  my ($unless, $only_if, $creates) = map { pack "H*", $_ } split / /, $hint, -1;
  print "$key\\tdone=yes\\n" if $creates ne "" && -e $creates || $unless ne "" && $succeeds->($key, $unless)
    || $only_if ne "" && !$succeeds->($key, $only_if);
}`,
  },
  diff(wanted, found, { changing }) {
    if (!found) return { action: 'update', why: [whyOf(wanted)] }
    const changed = (wanted.runOn ?? []).filter((input) => idsOf(input).some((id) => changing.has(id)))
    if (changed.length === 0) return undefined
    return {
      action: 'update',
      why: [`${changed.map((input) => input.split('/').at(-1)).join(', ')} changes`],
    }
  },
  apply: ({ run }) => ({ script: sh`exec sh -eu ./run`, payloads: { run: { text: `${run}\n` } } }),
  remove: () => step(sh`:`),
}

function encoded(text: string | undefined): string {
  return Buffer.from(text ?? '').toString('hex')
}

function whyOf({ creates, unless, onlyIf }: Command): string {
  if (creates !== undefined) return `${creates} is missing`
  const guard = (unless ?? onlyIf ?? '').replaceAll(/\s+/g, ' ').slice(0, 60)
  return unless === undefined ? `needed: ${guard}` : `not so: ${guard}`
}

export const commandKind = defineKind(definition)

/** How a command knows whether there is anything to do: one of the guards at least. */
export interface CommandOptions {
  /** What the plan calls it. Default: the command itself, shortened. */
  readonly name?: string
  /** POSIX sh that ends with 0 when there is nothing to do; asked as root, read-only, for 10 s at most. */
  readonly unless?: string
  /** POSIX sh that ends with 0 when there is something to do. */
  readonly onlyIf?: string
  /** There is nothing to do once this path is there. */
  readonly creates?: string
  /**
   * It also runs when one of these changes, since its guard is asked before that: other resources, or paths for the files,
   * links and archives there. Where it could not run after all, its guard must say that it is needed.
   */
  readonly runOn?: readonly (string | Resource)[]
}

/** Runs POSIX sh as root when its guard says so. What it did is not undone when it is no longer wanted. */
export function command(run: string, options: CommandOptions): Resource {
  const { runOn, ...rest } = options
  return makeResource(definition, {
    ...{ name: shortened(run), run, ...rest },
    ...(runOn && {
      runOn: runOn.map((input) => (typeof input === 'string' ? input : `${input.kind} ${input.key}`)),
    }),
  })
}

function shortened(run: string): string {
  const line = run.trim().replaceAll(/\s+/g, ' ')
  return line === run && line.length <= 60 ? line : `${line.slice(0, 40)} ${digestOf(run).slice(0, 8)}`
}

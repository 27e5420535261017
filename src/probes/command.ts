/** Does a command of the host's own succeed, and print what it should? */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Probe } from '../model/probe.ts'
import { oneLine } from '../resources/words.ts'
import { defineProbeKind, makeProbe, type ProbeOptions, type Subject } from './kind.ts'

const spec = z.strictObject({
  /** POSIX sh, one line; it runs as root and is ended after 5 s. */
  run: oneLine.min(1),
  /** Text that its output must hold. */
  prints: z.string().optional(),
})

export const commandKind = defineProbeKind({
  name: 'command',
  spec,
  script: ({ run }) => sh`timeout 5 sh -c ${run}`,
  words: ({ prints = '' }) => [prints, prints === '' ? '' : `, wanted ${JSON.stringify(prints)}`],
  // `timeout` exits with 124 when it had to end the command.
  judge: `
my ($prints, $wanted) = @words;
my $said = last_line($output);
return (0, "did not end within 5 s") if $code == 124;
return (0, "exit $code: $said$wanted") if $code != 0;
return index($output, $prints) < 0 ? (0, "$said$wanted") : (1, $said);
`,
})

/** What the output must hold, and what is expected. */
export type CommandWanted = Pick<z.input<typeof spec>, 'prints'> & Pick<ProbeOptions, 'expect'>

/**
 * Does this command succeed on the host? It may take its time, so a no-op `up` does not ask. What it says last is kept in
 * journals by monitoring: it must not print secrets.
 */
export function commandProbe(host: Subject, run: string, { prints, expect }: CommandWanted = {}): Probe {
  return makeProbe(commandKind, run, {
    expect,
    from: { host: host.name },
    to: host.name,
    isFast: false,
    spec: spec.parse({ run, prints }),
  })
}

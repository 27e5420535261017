/** Does a command of the host's own succeed, and print what it should? */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Probe } from '../model/probe.ts'
import { oneLine } from '../resources/words.ts'
import { type Answer, defineProbeKind, lastLine, makeProbe, type ProbeOptions, type Subject } from './kind.ts'

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
  read({ prints = '' }, answer) {
    const answers = answer.code === 0 && answer.output.includes(prints)
    return { answers, detail: answers ? lastLine(answer.output) : complaint(answer, prints) }
  },
})

/** `timeout` exits with 124 when it had to end the command. */
function complaint({ code, output }: Answer, prints: string): string {
  if (code === 124) return 'did not end within 5 s'
  const said = code === 0 ? `${lastLine(output)}` : `exit ${code}: ${lastLine(output)}`
  return prints === '' ? said : `${said}, wanted ${JSON.stringify(prints)}`
}

/** What the output must hold, and what is expected. */
export type CommandWanted = Pick<z.input<typeof spec>, 'prints'> & Pick<ProbeOptions, 'expect'>

/** Does this command succeed on the host? It may take its time, so a no-op `up` does not ask. */
export function commandProbe(host: Subject, run: string, { prints, expect }: CommandWanted = {}): Probe {
  return makeProbe(commandKind, run, {
    expect,
    from: { host: host.name },
    to: host.name,
    isFast: false,
    spec: spec.parse({ run, prints }),
  })
}

/** Are ports closed that no flow declares? Red when one of them answers. */
import { z } from 'zod'
import type { Probe, Vantage } from '../model/probe.ts'
import { oneLine } from '../resources/words.ts'
import { defineProbeKind, lastLine, makeProbe, type Subject } from './kind.ts'
import { answersIn, type Door, doorOf, knock } from './knock.ts'
import { ipv4, portNumber } from './words.ts'

const spec = z.strictObject({
  doors: z.array(z.strictObject({ name: oneLine.min(1), address: ipv4, port: portNumber })).min(1),
})

export const undeclaredKind = defineProbeKind({
  name: 'undeclared',
  spec,
  script: ({ doors }) => knock(doors),
  read({ doors }, { output }) {
    const answers = answersIn(output)
    if (doors.some((door) => !answers.has(doorOf(door))))
      return { answers: undefined, detail: `not asked: ${lastLine(output)}` }
    const open = doors.filter((door) => answers.get(doorOf(door)) === 'open').map(({ name }) => name)
    return open.length > 0
      ? { answers: true, detail: `open, although no flow says so: ${open.join(', ')}` }
      : { answers: false, detail: `${doors.length} closed` }
  },
})

/** A port that nobody at the vantage point may reach, with the endpoint's name. */
export interface UndeclaredDoor extends Door {
  readonly name: string
}

/** Are these ports closed for whoever asks: the host's own, or those of others that it may not reach itself? */
export function undeclaredProbe(
  host: Subject,
  doors: readonly UndeclaredDoor[],
  { from }: { readonly from: Vantage },
): Probe {
  const isOwn = from !== 'operator' && from.host === host.name
  return makeProbe(undeclaredKind, isOwn ? 'others' : host.name, {
    from,
    expect: 'closed',
    isFast: false,
    to: host.name,
    spec: spec.parse({ doors }),
  })
}

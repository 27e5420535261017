/** Does a job of the CI server go green? It is started there, and its build is waited for. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Probe } from '../model/probe.ts'
import { oneLine } from '../resources/words.ts'
import { type Answer, defineProbeKind, lastLine, makeProbe, type Reading, type Subject } from './kind.ts'

const spec = z.strictObject({ job: oneLine.regex(/^[a-z][a-z0-9-]*$/, 'must be the name of a job') })

/** A master that has just started, and its worker, take some of it. */
const patience = 50

/** What `ci-run` says of a build; other CI servers may bring a program of that name. */
const build = z.object({
  number: z.int().nullable(),
  result: z.string(),
  seconds: z.number(),
  step: z.string().optional(),
  line: z.string().optional(),
})

export const ciKind = defineProbeKind({
  name: 'ci',
  spec,
  seconds: patience + 10,
  // The credentials are read from their file there: no argument shows them.
  script: ({ job }) => sh`exec ci-run ${job} ${patience}`,
  read: (_wanted, answer): Reading => ({ answers: answer.code === 0, detail: detailOf(answer) }),
})

function detailOf({ code, output }: Answer): string {
  if (code === 124) return `did not end within ${patience + 10} s`
  const found = build.safeParse(parsed(lastLine(output)))
  if (!found.success) return lastLine(output)
  const { number, result, seconds, step, line } = found.data
  const said = `build ${number ?? 'none'}: ${result} after ${seconds} s`
  return step === undefined ? said : `${said}, step ${step}: ${line ?? 'no output'}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Does this job of the host's CI server go green? It takes its time, so a no-op `up` does not ask. */
export function ciProbe(host: Subject, job: string): Probe {
  return makeProbe(ciKind, `${host.name} ${job}`, {
    from: { host: host.name },
    isFast: false,
    to: host.name,
    spec: spec.parse({ job }),
  })
}

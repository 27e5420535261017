/** What the steps of a build have printed. */
import { z } from 'zod'
import type { Session } from '../session.ts'
import { askCi } from './server.ts'

const steps = z.object({
  steps: z.array(
    z.object({
      stepid: z.number(),
      name: z.string(),
      hidden: z.boolean(),
      started_at: z.number().nullable(),
    }),
  ),
})
const logs = z.object({
  logs: z.array(z.object({ logid: z.number(), name: z.string(), num_lines: z.number(), type: z.string() })),
})
const contents = z.object({ logchunks: z.array(z.object({ content: z.string() })) })

/** How far a build's logs have been read: lines by log, and the steps that were told of. */
export interface Read {
  readonly lines: Map<number, number>
  readonly steps: Set<number>
}

export function readNothing(): Read {
  return { lines: new Map(), steps: new Set() }
}

/** What has come since it was last asked, with a line `$ STEP` before each step's. Notes that in `read`. */
export async function newLines(session: Session, build: number, read: Read): Promise<readonly string[]> {
  const [made] = await askCi(session, [`api/v2/builds/${build}/steps`])
  const begun = steps.parse(made).steps.filter(isOfJob)
  const lists = await askEach(
    session,
    begun.map(({ stepid }) => `api/v2/steps/${stepid}/logs`),
  )
  const all = begun.map((step, index) => ({ step, logs: printedIn(lists[index]) }))
  const fresh = all
    .flatMap((one) => one.logs)
    .filter((log) => log.num_lines > (read.lines.get(log.logid) ?? 0))
  const texts = await askEach(
    session,
    fresh.map(({ logid }) => `api/v2/logs/${logid}/contents?offset=${read.lines.get(logid) ?? 0}`),
  )
  const found = new Map(fresh.map(({ logid }, index) => [logid, contents.parse(texts[index]).logchunks]))
  return all.flatMap(({ step, logs: own }) => {
    const heading = read.steps.has(step.stepid) ? [] : [`$ ${step.name}`]
    read.steps.add(step.stepid)
    const printed = own.flatMap(({ logid, type }) => {
      const text = (found.get(logid) ?? []).map(({ content }) => content).join('')
      const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
      read.lines.set(logid, (read.lines.get(logid) ?? 0) + lines.length)
      return type === 's' ? lines.flatMap(saidIn) : lines
    })
    return [...heading, ...printed]
  })
}

type Step = z.output<typeof steps>['steps'][number]

/** Buildbot puts a step of its own before them. */
function isOfJob({ name, hidden, started_at }: Step): boolean {
  return name !== 'worker_preparation' && !hidden && started_at !== null
}

/** Steps keep logs of their own besides. */
function printedIn(list: unknown) {
  return logs.parse(list).logs.filter(({ name }) => name === 'stdio')
}

async function askEach(session: Session, paths: readonly string[]): Promise<readonly unknown[]> {
  return paths.length === 0 ? [] : askCi(session, paths)
}

/** Each line begins with the letter of its stream; headers are Buildbot's own. */
function saidIn(line: string): readonly string[] {
  return line.startsWith('h') ? [] : [line.slice(1)]
}

/** The builds of a CI server, with what is known of their tests. */
import { z } from 'zod'
import type { Session } from '../session.ts'
import { askCi, ciServerOf } from './server.ts'

/** What Buildbot's numbers mean. */
const results = ['success', 'warnings', 'failure', 'skipped', 'exception', 'retry', 'cancelled'] as const

/** How a build ended, or that it has not. */
export type BuildResult = (typeof results)[number] | 'running'

/** A test that was red. */
export interface FailedTest {
  readonly app: string
  readonly name: string
  readonly message: string
}

/** What came of the tests of a build. */
export interface BuildTests {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Of those that failed, the first. */
  readonly names: readonly FailedTest[]
}

/** One build of a job. */
export interface Build {
  readonly id: number
  readonly job: string
  readonly number: number
  /** Empty where it was of no change. */
  readonly branch: string
  readonly commit: string
  readonly result: BuildResult
  readonly started: Date
  readonly seconds: number
  readonly tests?: BuildTests | undefined
  readonly url: string
}

const builders = z.object({ builders: z.array(z.object({ builderid: z.number(), name: z.string() })) })
const property = z.tuple([z.unknown(), z.string()])
const builds = z.object({
  builds: z.array(
    z.object({
      buildid: z.number(),
      builderid: z.number(),
      number: z.number(),
      complete: z.boolean(),
      results: z.number().nullable(),
      started_at: z.number(),
      complete_at: z.number().nullable(),
      properties: z.record(z.string(), property).default({}),
    }),
  ),
})
const summaries = z
  .array(
    z.object({
      job: z.string(),
      number: z.number(),
      branch: z.string(),
      commit: z.string(),
      tests: z.object({
        ...{ passed: z.number(), failed: z.number(), skipped: z.number() },
        names: z.array(z.object({ app: z.string(), name: z.string(), message: z.string() })),
      }),
    }),
  )
  .default([])

const told = 'property=branch&property=commit&property=revision'

/** The newest first; of one job where that is named. */
export async function readBuilds(
  session: Session,
  { job, limit }: { readonly job?: string | undefined; readonly limit: number },
): Promise<readonly Build[]> {
  const below = job === undefined ? 'builds' : `builders/${job}/builds`
  const paths = ['api/v2/builders', `api/v2/${below}?order=-buildid&limit=${limit}&${told}`, 'builds.json']
  return buildsFrom(await askCi(session, paths), { url: ciServerOf(session).url, now: new Date() })
}

/** The builds that were made of a request: more than one where one was interrupted. */
export async function buildsOfRequest(session: Session, request: number): Promise<readonly Build[]> {
  const paths = [
    'api/v2/builders',
    `api/v2/builds?buildrequestid=${request}&order=-buildid&${told}`,
    'builds.json',
  ]
  return buildsFrom(await askCi(session, paths), { url: ciServerOf(session).url, now: new Date() })
}

/** Of the answers to the paths above. Pure. */
export function buildsFrom(
  [jobs, made, written]: readonly unknown[],
  { url, now }: { readonly url: string; readonly now: Date },
): readonly Build[] {
  const names = new Map(builders.parse(jobs).builders.map(({ builderid, name }) => [builderid, name]))
  const known = new Map(summaries.parse(written).map((one) => [`${one.job} ${one.number}`, one]))
  return builds.parse(made).builds.flatMap((build) => {
    const job = names.get(build.builderid) ?? 'a former job'
    if (isInner(job)) return []
    // A build that runs has a summary only where its number was another's before.
    const summary = build.complete ? known.get(`${job} ${build.number}`) : undefined
    const said = (name: string) => textOf(build.properties[name]?.[0])
    const end = build.complete_at ?? now.getTime() / 1000
    const told = {
      ...{ id: build.buildid, job, number: build.number },
      branch: summary?.branch || said('branch'),
      commit: summary?.commit || said('commit') || said('revision'),
      result: build.complete ? (results[build.results ?? -1] ?? 'exception') : 'running',
      started: new Date(build.started_at * 1000),
      seconds: Math.max(0, Math.round(end - build.started_at)),
      tests: summary?.tests,
      url: `${url}api/v2/builds/${build.buildid}/steps`,
    } as const
    return [told]
  })
}

/** What the server does for itself. */
function isInner(job: string): boolean {
  return job.startsWith('__')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The names of all jobs, but for the server's own. */
export async function jobsOf(session: Session): Promise<readonly string[]> {
  const [jobs] = await askCi(session, ['api/v2/builders'])
  return builders
    .parse(jobs)
    .builders.map(({ name }) => name)
    .filter((name) => !isInner(name))
}

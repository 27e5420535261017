/** What a CI host does for the apps of its environment: takes pushes, builds, tests, deploys, and tells of it. */
import { probe, type ResourceList, type RoleInput } from 'copse'
import { agent, agentGroup, agentMembers } from './agent.ts'
import { appTable, doorsOf, type RepositoryOptions } from './app-table.ts'
import type { Job } from './jobs.ts'
import { promotionFlows, promotionJob, promotionProbes, promotions, takesIn } from './promotions.ts'
import { type OwnStep, rebuildJob } from './rebuild.ts'
import { gitPath, repository } from './repository.ts'

type Input = RoleInput<{
  readonly port: number
  readonly repository: RepositoryOptions
  readonly nightly: string
  readonly deploys: boolean
  readonly jobs: readonly Job[]
}>

export const gitVolume = { git: gitPath }

/** None where the config has a job of that name. */
export function appJobs({ environment, host, options }: Input): readonly Job<OwnStep>[] {
  const { apps, promotes } = environment
  const all = [
    ...(apps.length > 0 ? [rebuildJob(apps, { ...options, promotes: promotes !== undefined })] : []),
    ...(takesIn(environment, host) ? [promotionJob(apps)] : []),
  ]
  return all.filter((job) => !options.jobs.some(({ name }) => name === job.name))
}

/** Of the account that runs the steps of builds. */
export function appGroups({ environment }: Input): readonly string[] {
  return environment.apps.length > 0 ? [agentGroup] : []
}

/** They come after the master's directories, and before the worker. */
export function appResources({ environment, host, options }: Input): ResourceList {
  if (environment.apps.length === 0) return []
  return [
    agentMembers(),
    repository(environment, options.repository.branch),
    agent(appTable(environment, host, options)),
    promotions(environment, host),
  ]
}

/** What was deployed is asked through the balancers. */
export function appFlows({ environment, host, options: { deploys } }: Input) {
  const between = promotionFlows(environment, host)
  if (!deploys) return between
  const doors = new Set(environment.apps.flatMap((app) => doorsOf(environment, app).map(({ to }) => to)))
  return [...[...doors].map((to) => ({ from: host.name, to })), ...between]
}

export function appProbes({ environment, host }: Pick<Input, 'environment' | 'host'>) {
  if (environment.apps.length === 0) return []
  return [
    probe.unit(host, 'ci-agent.socket'),
    // Of those who may ask, each only for what is its own.
    probe.command(
      host,
      'runuser -u nobody -- ci-do pushed refs/heads/main x 2>&1 | grep -c "does not answer"',
      {
        prints: '1',
      },
    ),
    ...promotionProbes(environment, host),
  ]
}

/** A CI server: jobs as data, a master that keeps their history, and a worker that runs them; Buildbot from Debian. */
import { defineRole, pkgs, probe, type RoleInput, tcp, z } from 'copse'
import { appFlows, appGroups, appJobs, appProbes, appResources, gitVolume } from './ci/app-builds.ts'
import { cron, helloJob, jobs } from './ci/jobs.ts'
import { dataPath, master } from './ci/master.ts'
import { page } from './ci/page.ts'
import { repositoryOptions } from './ci/repository.ts'
import { worker } from './ci/worker.ts'

const options = z.strictObject({
  /** What is built, besides the job `hello` that proves that anything is. */
  jobs,
  /** Of the web page and the REST API. */
  port: z.int().min(1).max(65_535).default(80),
  /** Where the environment has apps: the repository that they are pushed to. */
  repository: repositoryOptions,
  /** When they are built and deployed by themselves, in cron's five fields, as any job. */
  nightly: cron.default('0 3 * * *'),
})

type Input = RoleInput<z.output<typeof options>>

/** Everybody on the LAN whom a flow leads here may read; starting builds needs the secret `ci-api`. */
export const ci = defineRole({
  name: 'ci',
  options,
  endpoints: ({ port }) => ({ page: tcp(port) }),
  volumes: () => ({ ci: dataPath, ...gitVolume }),
  resources: (input) => [
    pkgs('buildbot', 'buildbot-worker', 'nginx', ...(input.environment.apps.length > 0 ? ['git'] : [])),
    master(urlOf(input.host.fqdn, input.options.port), [helloJob, ...appJobs(input), ...input.options.jobs]),
    appResources(input),
    worker(appGroups(input)),
    page(input.options.port),
  ],
  flows: (input) => [{ from: 'operators', to: `${input.host.name}.page` }, ...appFlows(input)],
  probes,
})

function urlOf(name: string, port: number): string {
  return `http://${name}${port === 80 ? '' : `:${port}`}/`
}

function probes(input: Input) {
  const {
    host,
    options: { port },
  } = input
  const url = urlOf(host.fqdn, port)
  return [
    ...['ci-master', 'ci-worker', 'nginx'].map((name) => probe.unit(host, name)),
    probe.http(host, `${url}api/v2/builders`, { contains: `"${helloJob.name}"` }),
    // Nobody starts a build without credentials, nor by what a change is told with.
    probe.http(host, `${url}change_hook/base`, { status: 401 }),
    probe.command(
      host,
      `curl -s --noproxy '*' -d '{}' -w '%{http_code}' 127.0.0.1:${port}/api/v2/forceschedulers/hello`,
      {
        prints: '401',
      },
    ),
    probe.tcp(host, 9989, { expect: 'closed' }),
    ...appProbes(input),
    probe.ci(host, helloJob.name),
  ]
}

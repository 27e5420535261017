/**
 * A CI server: jobs as data, a master that keeps their history, and a worker that runs them, Buildbot from Debian; and where
 * the environment has apps, what builds them and keeps what comes out.
 */
import { defineRole, pkgs, probe, type ResourceList, type RoleInput, tcp, z } from 'copse'
import { appFlows, appGroups, appJobs, appProbes, appResources, gitVolume } from './ci/app-builds.ts'
import {
  artifacts,
  artifactsFiles,
  artifactsPath,
  artifactsPort,
  artifactsProbes,
  hasArtifacts,
} from './ci/artifacts.ts'
import { cron, helloJob, jobs } from './ci/jobs.ts'
import { dataPath, master } from './ci/master.ts'
import { npm } from './ci/npm.ts'
import { page } from './ci/page.ts'
import { promotionsPort } from './ci/promotions.ts'

import { repositoryOptions } from './ci/repository.ts'

import { rollout, rolloutFlows } from './ci/rollout.ts'

import { worker } from './ci/worker.ts'

const packageName = z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'must be the name of a package of Debian')

const options = z.strictObject({
  /** What is built, besides the job `hello` that proves that anything is. */
  jobs,
  /** Of the web page and the REST API. */
  port: z.int().min(1).max(65_535).default(80),
  /** Where the environment has apps: the repository that they are pushed to. */
  repository: repositoryOptions,
  /** When they are built and deployed by themselves, in cron's five fields, as any job. */
  nightly: cron.default('0 3 * * *'),
  /** npm, with Debian's Node.js. */
  npm: z.boolean().default(false),
  /** Packages of Debian that builds need besides git: `['make']`. */
  packages: z.array(packageName).default([]),
  /** May roll apps out: by a key that opens nothing but that on their hosts and balancers. */
  deploys: z.boolean().default(true),
})

type Input = RoleInput<z.output<typeof options>>

/** Everybody on the LAN whom a flow leads here may read; starting builds needs the secret `ci-api`. */
export const ci = defineRole({
  name: 'ci',
  options,
  endpoints: ({ port }) => ({
    page: tcp(port),
    artifacts: { ...tcp(artifactsPort), tls: true },
    promotions: tcp(promotionsPort),
  }),
  volumes: () => ({ ci: dataPath, artifacts: artifactsPath, ...gitVolume }),
  deploys: ({ deploys }) => deploys,
  resources,
  flows: (input) => [
    { from: 'operators', to: `${input.host.name}.page` },
    // Where builds fetch what they need.
    ...(hasArtifacts(input.environment) ? [{ from: input.host.name, to: 'internet.https' }] : []),
    ...appFlows(input),
    ...rolloutFlows(input.environment, input.host),
  ],
  probes,
})

function urlOf(name: string, port: number): string {
  return `http://${name}${port === 80 ? '' : `:${port}`}/`
}

function resources(input: Input): ResourceList {
  const {
    environment,
    host,
    options: { jobs: own, port, npm: hasNpm, packages },
  } = input
  return [
    pkgs(...new Set(['buildbot', 'buildbot-worker', 'nginx', 'git', ...packages])),
    hasNpm ? npm(host) : [],
    master(urlOf(host.fqdn, port), [helloJob, ...appJobs(input), ...own]),
    hasArtifacts(environment) ? artifacts(host) : [],
    appResources(input),
    worker(appGroups(input)),
    page(port, hasArtifacts(environment) ? Object.values(artifactsFiles) : []),
    rollout(environment, host),
  ]
}

function probes(input: Input) {
  const {
    environment,
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
    ...(hasArtifacts(environment) ? artifactsProbes(host) : []),
    ...appProbes(input),
    probe.ci(host, helloJob.name),
  ]
}

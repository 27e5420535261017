/** A CI server: jobs as data, a master that keeps their history, and a worker that runs them; Buildbot from Debian. */
import { defineRole, pkgs, probe, type RoleInput, tcp, z } from 'copse'
import { helloJob, jobs } from './ci/jobs.ts'
import { dataPath, master } from './ci/master.ts'
import { page } from './ci/page.ts'
import { rollout, rolloutFlows } from './ci/rollout.ts'
import { worker } from './ci/worker.ts'

const options = z.strictObject({
  /** What is built, besides the job `hello` that proves that anything is. */
  jobs,
  /** Of the web page and the REST API. */
  port: z.int().min(1).max(65_535).default(80),
  /** May roll apps out: by a key that opens nothing but that on their hosts and balancers. */
  deploys: z.boolean().default(true),
})

type Input = RoleInput<z.output<typeof options>>

/** Everybody on the LAN whom a flow leads here may read; starting builds needs the secret `ci-api`. */
export const ci = defineRole({
  name: 'ci',
  options,
  endpoints: ({ port }) => ({ page: tcp(port) }),
  deploys: ({ deploys }) => deploys,
  volumes: () => ({ ci: dataPath }),
  resources: ({ environment, host, options: { jobs: own, port } }) => [
    pkgs('buildbot', 'buildbot-worker', 'nginx'),
    master(urlOf(host.fqdn, port), [helloJob, ...own]),
    worker(),
    page(port),
    rollout(environment, host),
  ],
  flows: ({ environment, host }) => [
    { from: 'operators', to: `${host.name}.page` },
    ...rolloutFlows(environment, host),
  ],
  probes,
})

function urlOf(name: string, port: number): string {
  return `http://${name}${port === 80 ? '' : `:${port}`}/`
}

function probes({ host, options: { port } }: Input) {
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
    probe.ci(host, helloJob.name),
  ]
}

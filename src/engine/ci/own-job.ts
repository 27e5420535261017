/** The job that `copse ci run` can run: copse's own, as the definition gives it to the CI host. Pure. */
import { z } from 'zod'
import { suggest } from '../../config/words.ts'
import { CopseError } from '../../lib/errors.ts'
import type { Desired, DesiredHost } from '../../model/desired.ts'

/** Where the definition puts the jobs of its CI host. */
const jobsId = 'file /etc/copse/ci/jobs.json'

const jobsFile = z.object({
  content: z.string().transform((text): unknown => JSON.parse(text)),
})
const jobs = z.object({
  jobs: z.array(z.object({ name: z.string(), steps: z.array(z.object({ run: z.string() })) })),
})

/** The host that the job is of. Throws CopseError `usage` for what cannot be run elsewhere than on the CI host. */
export function hostOfOwnJob({ environment, hosts }: Desired, name: string): DesiredHost {
  const host = hosts.find((one) => one.host.roles.includes('ci'))
  if (!host)
    throw new CopseError('usage', `no host of ${environment.name} has the role ci`, {
      hint: 'give one the role ci()',
    })
  const own = jobsOf(host)
  const job = own.find((one) => one.name === name)
  if (job?.steps.some(({ run }) => run.startsWith('ci-do build '))) return host
  if (!job)
    throw new CopseError('usage', `${environment.name} has no job ${name}`, {
      hint: suggest(
        name,
        own.map((one) => one.name),
      ),
    })
  throw new CopseError('usage', `the job ${name} is run by the CI host alone: it does not build apps`, {
    hint: `copse ci start ${environment.name} ${name}`,
  })
}

function jobsOf({ resources }: DesiredHost) {
  const resource = resources.find(({ kind, key }) => `${kind} ${key}` === jobsId)
  return jobs.parse(jobsFile.parse(resource?.spec).content).jobs
}

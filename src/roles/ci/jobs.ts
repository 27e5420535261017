/** What a CI server does, as data: jobs with their steps. Pure. */
import { z } from 'copse'
import { problemOfCron } from './cron.ts'

/** Of jobs and steps: they stand in URLs and in directories. */
const name = z
  .string()
  .regex(
    /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
    'must be lower-case letters, digits and hyphens that begin with a letter, at most 40',
  )

const step = z.strictObject({
  name,
  /** POSIX sh under `set -e`, in the job's own directory on the worker; a step that fails ends the build. */
  run: z
    .string()
    .min(1, 'must be a command')
    .regex(/^[^\0]*$/, 'must not contain NUL'),
})

/** Cron's five fields: `0 4 * * 1-5`. */
export const cron = z.string().superRefine((text, context) => {
  const problem = problemOfCron(text)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

const job = z.strictObject({
  name,
  steps: z
    .array(step)
    .min(1, 'needs a step')
    .superRefine((steps, context) => refuseTwins(steps, 'step', context)),
  /** Starts by itself then, in cron's five fields: `0 4 * * 1-5`. */
  schedule: cron.optional(),
  /** Starts when the change hook is told of a change, and where the environment has apps by each push of a branch. */
  onChange: z.boolean().default(false),
})

/** A step of a job. */
export type Step = z.output<typeof step>

/** A job with its defaults filled in; copse's own may say more of their steps. */
export interface Job<Each extends Step = Step> extends Omit<z.output<typeof job>, 'steps'> {
  readonly steps: readonly Each[]
}

/** What proves that builds work: every CI server has it, and it may run at any time. */
export const helloJob: Job = {
  name: 'hello',
  steps: [{ name: 'greet', run: 'echo "hello from $(hostname), as $(id -un)"' }],
  onChange: false,
}

/** The option of the role. */
export const jobs = z
  .array(job)
  .superRefine((list, context) => refuseTwins(list, 'job', context))
  .superRefine((list, context) => {
    const index = list.findIndex(({ name }) => name === helloJob.name)
    if (index < 0) return
    const message = `${helloJob.name} is the job that every CI server has`
    context.addIssue({ code: 'custom', path: [index, 'name'], message })
  })
  .default([])

/** Two of one name would be one to whoever asks for it. */
function refuseTwins(
  list: readonly { readonly name: string }[],
  what: string,
  context: Pick<z.RefinementCtx, 'addIssue'>,
): void {
  for (const [index, { name }] of list.entries())
    if (list.findIndex((other) => other.name === name) < index)
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `there is a ${what} ${name} already`,
      })
}

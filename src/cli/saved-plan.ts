/** Plans in files: written for the operator's eyes alone, read back with their shape checked. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Plan } from '../engine/plan-types.ts'
import { CopseError } from '../lib/errors.ts'
import { replaceFile } from '../transports/replace-file.ts'

/** Creates or replaces the file, mode 0600: it holds everything that will be written on the hosts. */
export async function savePlan(file: string, plan: Plan): Promise<void> {
  try {
    await replaceFile(file, `${JSON.stringify(plan)}\n`)
  } catch (cause) {
    throw new CopseError('failed', `the plan could not be saved: ${reasonOf(cause)}`, { cause })
  }
}

const host = z.looseObject({ host: z.string(), state: z.enum(['observed', 'absent', 'unreachable']) })
const shape = z.looseObject({
  version: z.literal(1),
  ecosystem: z.string(),
  environment: z.string(),
  machines: z.array(z.looseObject({ host: z.string() })),
  published: z.array(z.looseObject({ port: z.string() })),
  hosts: z.array(host),
})

/** The file's own word for a plan is trusted beyond this: it was written by `savePlan` for nobody else to touch. */
const savedPlan = z.custom<Plan>((value) => shape.safeParse(value).success)

export async function readSavedPlan(file: string): Promise<Plan> {
  try {
    return savedPlan.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause
    throw new CopseError('usage', isMissing ? reasonOf(cause) : `${file} is not a plan that copse saved`, {
      hint: 'copse plan ENV --out FILE makes one',
      cause,
    })
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

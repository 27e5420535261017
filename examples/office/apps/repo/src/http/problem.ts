/** What is wrong with a request, or with us, as RFC 9457 tells it: `application/problem+json`. */
import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import { components } from '../modules/schemas.ts'

export const problemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z
    .array(z.object({ path: z.string().describe('Such as `body.name`.'), message: z.string() }))
    .optional()
    .describe('What is wrong with the values that were sent.'),
})
components.add(problemBody, { id: 'Problem' })

export type ProblemBody = z.output<typeof problemBody>

/** Thrown by whoever finds that a request cannot be met. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly errors: ProblemBody['errors']

  constructor(status: number, detail: string, errors?: ProblemBody['errors']) {
    super(detail)
    this.status = status
    this.errors = errors
  }
}

/** The answer that tells of it. */
export function problemResponse({ status, message, errors }: Problem): Response {
  const body: ProblemBody = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    ...(errors && { errors }),
  }
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  if (status === 503) headers.set('retry-after', '2')
  return new Response(JSON.stringify(body), { status, headers })
}

/** Checks a value that came from outside; `where` begins the path of what is wrong. Throws Problem 400. */
export function checked<Checked>(schema: z.ZodType<Checked>, value: unknown, where: string): Checked {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map(({ path, message }) => ({
    path: [where, ...path].join('.'),
    message,
  }))
  throw new Problem(400, 'Some of the values that were sent are not right.', errors)
}

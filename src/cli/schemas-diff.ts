/** The JSON document of `copse diff`. */
import { z } from 'zod'
import { factNames } from '../model/allowance.ts'

const side = z.string().nullable().describe('null where there is none')

/** A document of two environments. */
export const diff = z.object({
  version: z.literal(1).default(1),
  a: z.string(),
  b: z.string(),
  score: z.number().min(0).max(100).describe('percent of the facts that are equal, allowed or explained'),
  facts: z.int().describe('how many were compared'),
  summary: z.object({ allowed: z.int(), explained: z.int(), undeclared: z.int() }),
  differences: z.array(
    z.object({
      host: z.string().describe('empty: the environments themselves'),
      fact: z.string().describe('its name and what it is about: unit nginx.service'),
      name: z.enum(factNames),
      a: side,
      b: side,
      kind: z.enum(['allowed', 'explained', 'undeclared']),
      reason: z.string(),
      since: z
        .object({ a: z.string().optional(), b: z.string().optional() })
        .describe('ISO 8601 in UTC, where it is known'),
    }),
  ),
  unused: z
    .array(z.object({ reason: z.string(), place: z.string() }))
    .describe('allowances that nothing needed'),
  unseen: z
    .array(
      z.object({
        environment: z.string(),
        host: z.string(),
        detail: z.string(),
        hint: z.string().optional(),
      }),
    )
    .describe('hosts that could not be looked at'),
})

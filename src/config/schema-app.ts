/** The structure of an app in a definition. */
import { z } from 'zod'
import { secretReference, secretTextSchema } from '../resources/secret-text.ts'
import { oneLine } from '../resources/words.ts'
import type { AppDefinition, AppOptions } from './app.ts'
import { field } from './field.ts'
import * as words from './schema-words.ts'

const { settings } = words

const line = z.string('must be a line of POSIX sh').pipe(oneLine.min(1, 'must be a line of POSIX sh'))
const whole = (min: number, max: number, must: string) => z.int(must).min(min, must).max(max, must)

const inside = words.text(
  /^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*$/,
  'must be a folder of the app, a relative path of plain characters',
)

const path = words.text(/^\/[\w./-]*$/, 'must be a path such as /healthz')

const process = z.union([
  line.transform((run) => ({ run, instances: 1 })),
  settings({ run: line, instances: whole(1, 9, 'must be a whole number, 1 to 9').default(1) }),
])

const variableName = words.text(
  /^(?!COPSE_)[A-Z_][A-Z0-9_]{0,126}$/,
  'must be capital letters, digits and underscores, and not begin with COPSE_',
)

const variable = z.union(
  [words.freeText, z.number(), z.boolean(), secretReference, secretTextSchema],
  'must be text, a number, true, false, secret("NAME") or secretText`...`',
)

/** What an app's processes find in their environment. */
export const variables = z.record(variableName, variable, 'must be an object in braces')

const variablesMaker = z.custom<Extract<AppOptions['variables'], (...input: never) => unknown>>(
  (value) => typeof value === 'function',
  'must be an object in braces, or a function that makes one',
)

export const appSchema = settings({
  source: z.string('must be a folder such as "./apps/www"').pipe(oneLine.min(1)),
  ref: words.text(/^(?!-)[\w./@^~{}-]{1,200}$/, 'must be a branch, tag or commit of git').optional(),
  build: z.array(line, 'must be a list of lines of POSIX sh').default([]),
  test: line.optional(),
  migrate: line.optional(),
  processes: z
    .record(words.name, process, 'must be an object: what runs, by name')
    .refine((all) => 'web' in all, 'must have a process "web", which answers requests'),
  health: path.default('/healthz'),
  checks: z.array(path, 'must be a list of paths such as ["/"]').default([]),
  memory: whole(16, 1_048_576, 'must be a whole number of MiB, 16 or more').optional(),
  port: whole(1024, 65_000, 'must be a port, 1024 to 65000').optional(),
  drain: whole(1, 300, 'must be a whole number of seconds, 1 to 300').default(10),
  names: z.array(words.relativeName, 'must be a list of names such as ["www"]').optional(),
  assets: settings({ from: inside, name: words.relativeName }).optional(),
  uses: z
    .array(
      words.text(
        /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$/,
        'must be an endpoint such as "postgres" or "metrics.statsd", or an app',
      ),
      'must be a list of endpoints and apps',
    )
    .default([]),
  variables: z.union([variablesMaker, variables]).default({}),
})

/** An app's settings, with their defaults. */
export type AppSettings = z.output<typeof appSchema>

/** What `app` makes. */
export const appDefinition = z.custom<AppDefinition>(
  (value) =>
    typeof field(field(value, 'place'), 'file') === 'string' && field(value, 'options') !== undefined,
  'must be made by app({ source: "./apps/www", processes: { web: "..." } })',
)

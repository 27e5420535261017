/** The JSON documents of the command line: one per command, `version: 1`; fields may be added, never changed. */
import { z } from 'zod'
import { ciKey, ciPush, ciStatus } from './schemas-ci.ts'
import { diff } from './schemas-diff.ts'
import { monitoring } from './schemas-monitoring.ts'
import { publishFields } from './schemas-publish.ts'
import { restoreFields } from './schemas-restore.ts'
import type { Screen } from './screen.ts'

const base = { version: z.literal(1).default(1), environment: z.string() }
const milliseconds = z.number().nonnegative()

const change = z.object({
  resource: z.string().describe('the kind: file, package, machine'),
  key: z.string(),
  action: z.enum(['create', 'update', 'replace', 'destroy', 'unknown', 'start']),
  why: z.string(),
})

const summary = z.object({
  create: z.int(),
  update: z.int(),
  destroy: z.int(),
  replace: z.int(),
  unknown: z.int(),
})

const plan = z.object({
  ...base,
  summary,
  published: z.array(change).describe('ports of the box: what is published, and no longer'),
  hosts: z.array(
    z.object({
      host: z.string(),
      state: z.enum(['observed', 'absent', 'unreachable']),
      reachable: z.boolean(),
      detail: z.string().optional().describe('why it could not be observed'),
      changes: z.array(change),
    }),
  ),
})

const verdict = z.object({
  probe: z.string(),
  from: z.string().describe('a host, or operator'),
  to: z.string(),
  expect: z.enum(['answers', 'closed']),
  ok: z.boolean(),
  ms: milliseconds,
  detail: z.string(),
})

const verify = z.object({ ...base, passed: z.int(), failed: z.int(), verdicts: z.array(verdict) })

const outcome = z.object({
  host: z.string(),
  result: z.enum([
    'unchanged',
    'changed',
    'failed',
    'unreachable',
    'refused',
    'locked',
    'skipped',
    'interrupted',
  ]),
  changes: z.int(),
  ms: milliseconds,
  detail: z.string().optional(),
  hint: z.string().optional(),
  log: z.string().optional(),
})

const pages = z.array(z.object({ url: z.string(), address: z.string() }))
const runDocument = z.object({
  ...base,
  ms: milliseconds,
  summary,
  outcomes: z.array(outcome),
  verdicts: z.array(verdict),
  pages,
})

const status = z.object({
  ...base,
  hosts: z.array(
    z.object({
      host: z.string(),
      machine: z.string(),
      address: z.string(),
      state: z.enum(['running', 'stopped', 'absent', 'foreign', 'unknown', 'silent']),
      roles: z.array(z.string()),
      apps: z.array(z.object({ app: z.string(), release: z.int() })),
      facts: z.record(z.string(), z.string()),
      monitoring: monitoring.optional().describe('where it asks its probes by itself'),
      detail: z.string().optional(),
      hint: z.string().optional().describe('what to do about that'),
    }),
  ),
})

const dns = z.object({
  ...base,
  names: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['A', 'PTR']),
      want: z.string(),
      got: z.string().describe('what the server answered; empty when nothing'),
      ok: z.boolean(),
    }),
  ),
})

const exec = z.object({
  ...base,
  results: z.array(
    z.object({
      host: z.string(),
      code: z.int().nullable().describe('null when the host was not reached'),
      stdout: z.string(),
      stderr: z.string(),
      detail: z.string().optional(),
    }),
  ),
})

const finding = z.object({
  check: z.string(),
  ok: z.boolean(),
  detail: z.string(),
  fix: z.string().optional(),
})
const doctor = z.object({
  version: base.version,
  findings: z.array(finding),
  mended: z.array(z.string()).optional().describe('what --fix did'),
})

const init = z.object({
  ...base,
  ecosystem: z.string(),
  subnet: z.string().describe('free on this box'),
  files: z.array(z.string()).describe('what was written'),
  next: z.array(z.string()).describe('commands to type'),
})

const destroy = z.object({
  ...base,
  outcomes: z.array(outcome),
  packages: z.array(z.string()).describe('with --purge: those that copse installed on the box'),
})

const adopt = z.object({
  ...base,
  machines: z.array(z.string()).describe('hosts whose machines take the key of this operator now'),
})

const history = z.object({ ...base, runs: z.array(z.looseObject({ run: z.int() })) })

const version = z.object({
  version: base.version,
  copse: z.string(),
  node: z.string(),
  platform: z.string(),
})

/** By the command that prints them; `up`, `apply` and `rebuild` print the document of `up`. */
const images = z.object({
  ...base,
  images: z.array(
    z.object({
      id: z.string(),
      made: z.string().describe('ISO 8601 in UTC'),
      debian: z.int(),
      holds: z.string(),
      isFresh: z.boolean().describe('machines are copied from it'),
    }),
  ),
})

const secrets = z.object({
  ...base,
  file: z.string().describe('where they are kept, encrypted by age'),
  recipients: z
    .array(z.string())
    .describe('who the file is encrypted to; none where it is the operator alone'),
  isForPeople: z.boolean().describe('they are those that the config names'),
  secrets: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['generated', 'set', 'missing']),
      isMadeByUp: z.boolean().describe('the next up makes it where it is missing'),
      uses: z.array(z.object({ host: z.string(), resource: z.string() })),
    }),
  ),
})

const secret = z.object({ ...base, name: z.string(), value: z.string() })

const ca = z.object({ ...base, certificate: z.string().describe('PEM') })

const build = z.object({
  ...base,
  app: z.string(),
  artifact: z.string().describe('SHA-256 of what was built'),
  commit: z.string().describe('of its source; - where that is not known, + where more was changed'),
  bytes: z.int().describe('of the artifact where it is kept'),
  known: z.boolean().describe('the same source had been built before'),
  ms: milliseconds,
})

const release = z.object({
  release: z.int().describe('its number'),
  commit: z.string().describe('of its source; - where that is not known, + where more was changed'),
  artifact: z.string().describe('SHA-256 of what was built'),
  config: z.string().describe('SHA-256 of what its processes find in their environment'),
})

const deploy = z.object({
  ...base,
  app: z.string(),
  ms: milliseconds,
  result: z.enum(['deployed', 'unchanged', 'failed']),
  release,
  before: release.optional().describe('what ran before'),
  outcomes: z.array(outcome),
  verdicts: z.array(verdict),
})

const releases = z.object({
  ...base,
  app: z.string(),
  releases: z.array(
    release.extend({
      state: z.enum(['present', 'good', 'unproven']),
      hosts: z.array(z.string()).describe('that it runs on now'),
      kept: z.array(z.string()).describe('that have it'),
      at: z.string().describe('when it was made, ISO 8601'),
    }),
  ),
})

export const documents = {
  plan,
  drift: plan,
  diff,
  up: runDocument,
  destroy,
  status,
  verify,
  dns,
  exec,
  doctor,
  init,
  history,
  images,
  secrets,
  'secrets get': secret,
  ca,
  build,
  deploy,
  rollback: deploy,
  releases,
  restore: z.object({ ...base, ...restoreFields }),
  'ci status': z.object({ ...base, ...ciStatus }),
  'ci run': z.object({
    ...base,
    ...ciStatus,
    outcomes: z.array(outcome).describe('of deploys, and of machines that were made anew'),
    verdicts: z.array(verdict),
  }),
  'ci push': z.object({ ...base, ...ciPush }),
  'ci key': z.object({ ...base, ...ciKey }),
  adopt,
  publish: z.object({ ...base, ...publishFields }),
  version,
} as const

/** Prints one document, checked against its schema. */
export function printDocument<Name extends keyof typeof documents>(
  screen: Pick<Screen, 'print'>,
  name: Name,
  value: z.input<(typeof documents)[Name]>,
): void {
  screen.print(`${JSON.stringify(documents[name].parse(value))}\n`)
}

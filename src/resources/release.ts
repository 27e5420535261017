/** The release of an app that a host runs: which one that is to be is only known when a run has looked at all hosts. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import type { SecretText } from '../model/secret.ts'
import { type Change, defineKind, type Found, type KindDefinition, makeResource, step } from './kind.ts'
import { observeReleases } from './release-observe.ts'
import { quotedText, secretText, secretTextSchema } from './secret-text.ts'
import { absolutePath, oneLine } from './words.ts'

/** One release: an artifact with a config, under a number. */
const wanted = z.strictObject({
  number: z.int().min(1),
  /** SHA-256 of the artifact's tar. */
  artifact: z.string(),
  /** SHA-256 of what its processes find in their environment. */
  config: z.string(),
  /** Where the artifact was made from, for people. */
  commit: z.string(),
  /** Data is brought to its shape first. */
  migrates: z.boolean(),
})

/** The release that a host is to run. */
export type WantedRelease = z.output<typeof wanted>

const spec = z.strictObject({
  app: z.string(),
  /** What its processes find in their environment, as systemd reads it. */
  config: secretTextSchema,
  /** How the host's program handles releases of this app. */
  settings: absolutePath,
  units: z.array(oneLine),
  wanted: wanted.optional(),
})

type Spec = z.output<typeof spec>

/** Of the host, which the app's role puts there. */
const program = '/usr/local/lib/copse/release.pl'

const definition: KindDefinition<Spec> = {
  name: 'release',
  spec,
  key: ({ app }) => app,
  hint: () => 'wanted',
  observe: observeReleases,
  diff,
  apply: ({ app, config, settings, wanted }) => {
    const { number = 0, artifact = '', commit = '', migrates = false } = wanted ?? {}
    const isPresent = wanted?.config === config.digest
    return {
      script: sh`exec perl ${program} run ${settings} ${number} ${artifact} ${commit} ${migrates ? 'migrate' : ''}`,
      payloads: isPresent ? { env: { secret: config } } : { app: { text: app } },
    }
  },
  // Data of the app is elsewhere; what was built can be built again.
  remove: (app) =>
    step(sh`perl -e 'require File::Path; File::Path::remove_tree("/srv/apps/$ARGV[0]")' ${app}`),
}

function diff({ wanted }: Spec, found: Found | undefined): Change | undefined {
  if (!wanted) return undefined
  const { number, artifact, config } = wanted
  if (!found) return { action: 'create', why: [`release ${number}`] }
  if (found.number !== String(number))
    return { action: 'update', why: [`release ${found.number}, wanted ${number}`] }
  const why = [
    ...(found.artifact === artifact ? [] : ['of another artifact']),
    ...(found.config === config ? [] : ['its config is another']),
    ...(found.started === found.number ? [] : ['it may still run an earlier release']),
  ]
  return why.length > 0 ? { action: 'update', why } : undefined
}

export const releaseKind = defineKind(definition)

/** Settings of a release besides its app. */
export interface ReleaseOptions {
  /** What its processes find in their environment. */
  readonly variables: Readonly<Record<string, SecretText>>
  /** The file that tells the host's program `release.pl` about the app. */
  readonly settings: string
  /** The units of its processes. */
  readonly units: readonly string[]
}

/** The release of an app that its hosts run. A host without one has none of its units either. */
export function release(app: string, { variables, ...options }: ReleaseOptions): Resource {
  return makeResource(definition, { app, config: configOf(variables), ...options })
}

/** A file of variables as systemd reads it. */
function configOf(variables: Readonly<Record<string, SecretText>>): SecretText {
  return Object.entries(variables).reduce<SecretText>(
    (all, [name, value]) => secretText`${all}${name}=${quotedText(value)}\n`,
    { parts: [] },
  )
}

/** The release of an app that a host runs: which one that is to be is only known when a run has looked at all hosts. */
import { z } from 'zod'
import { sha256 } from '../lib/digest.ts'
import { lines, sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import type { SecretText } from '../model/secret.ts'
import { authorityPath } from './certificate-step.ts'
import {
  type Change,
  defineKind,
  type Found,
  type KindDefinition,
  makeResource,
  type Step,
  type Surroundings,
  step,
} from './kind.ts'
import { observeReleases } from './release-observe.ts'
import { quotedText, secretText, secretTextSchema } from './secret-text.ts'
import { absolutePath, oneLine } from './words.ts'

const wanted = z.strictObject({
  number: z.int().min(1),
  /** SHA-256 of the artifact's list of layers. */
  artifact: z.string(),
  /** SHA-256 of what its processes find in their environment. */
  config: z.string(),
  /** Where the artifact was made from, for people. */
  commit: z.string(),
  /** Data is brought to its shape first. */
  migrates: z.boolean(),
})

/** One release, an artifact with a config under a number, as a host is to run it. */
export type WantedRelease = z.output<typeof wanted>

const spec = z.strictObject({
  app: z.string(),
  /** What its processes find in their environment, as systemd reads it. */
  config: secretTextSchema,
  settings: absolutePath,
  units: z.array(oneLine),
  inputs: z.array(absolutePath),
  /** The SHA-256 of `ca.crt` as the host is to have it: filled in when the host is planned. */
  authority: z.string().optional(),
  wanted: wanted.optional(),
})

/** What is wanted of an app's release. */
export type ReleaseSpec = z.output<typeof spec>

/** Of the host, which the app's role puts there. */
const program = '/usr/local/lib/copse/release.pl'

const definition: KindDefinition<ReleaseSpec> = {
  name: 'release',
  spec,
  key: ({ app }) => app,
  hint: ({ units, inputs }) => `${units.join(' ')}|${inputs.join(' ')}`,
  observe: observeReleases,
  diff,
  apply: (wanted) => ({ script: sh`exec perl ${program} run ${wordsOf(wanted)}`, ...payloadsOf(wanted) }),
  batch: (items) => runAtOnce(items.map((item) => item.spec)),
  // Data of the app is elsewhere, and what was built is kept where it was built.
  remove: (app) => step(sh`perl ${program} remove ${`/etc/copse/apps/${app}`}`),
}

/** Apps wait for much while they start. What each says comes in one piece. */
function runAtOnce(wanted: readonly ReleaseSpec[]): Step {
  return {
    script: lines([
      ...wanted.map(
        (spec) => sh`perl ${program} run ${wordsOf(spec)} >${`said-${spec.app}`} 2>&1 &
begun="\${begun-} ${spec.app}:$!"`,
      ),
      { shell: endAll },
    ]),
    payloads: Object.assign({}, ...wanted.map((spec) => payloadsOf(spec).payloads)),
  }
}

const endAll = `code=0
for one in $begun; do
  wait "\${one#*:}" || code=1
  cat "said-\${one%%:*}"
done
exit "$code"`

/** Fetches the release and changes nothing that runs. */
export function takeRelease(wanted: ReleaseSpec): Step {
  return { script: sh`exec perl ${program} take ${wordsOf(wanted)}`, ...payloadsOf(wanted) }
}

function wordsOf({ settings, wanted }: ReleaseSpec): readonly string[] {
  if (!wanted) throw new TypeError('the release is not known')
  const { number, artifact, commit, migrates } = wanted
  return [settings, String(number), artifact, commit, ...(migrates ? ['migrate'] : [])]
}

/** A former release has its own config, which only hosts know. */
function payloadsOf({ app, config, wanted }: ReleaseSpec): Pick<Step, 'payloads'> {
  return wanted?.config === config.digest ? { payloads: { [`env-${app}`]: { secret: config } } } : {}
}

function diff(spec: ReleaseSpec, found: Found | undefined, { changing }: Surroundings): Change | undefined {
  const { wanted, units } = spec
  if (!wanted) return undefined
  const { number, artifact, config } = wanted
  if (!found) return { action: 'create', why: [`release ${number}`] }
  if (found.number !== String(number))
    return { action: 'update', why: [`release ${found.number}, wanted ${number}`] }
  const changed = changingInputs(spec, found, changing)
  const down = units.filter((name) => found.down?.split(' ').includes(name))
  const why = [
    ...(found.artifact === artifact ? [] : ['of another artifact']),
    ...(found.config === config ? [] : ['its config is another']),
    ...(down.length > 0 ? [`${down.join(', ')} down, wanted running`] : []),
    ...(changed.length > 0
      ? [`restart: ${changed.map((path) => path.split('/').at(-1)).join(', ')} changes`]
      : []),
    ...(found.started === `${found.number} ${found.inputs}` ? [] : ['it may still run an earlier release']),
  ]
  return why.length > 0 ? { action: 'update', why } : undefined
}

/** Any certificate brings `ca.crt` along, and most of them leave it as it is. */
function changingInputs(
  { inputs, authority }: ReleaseSpec,
  { inputs: digests = '' }: Found,
  changing: ReadonlySet<string>,
): readonly string[] {
  const isCertified = [...changing].some((id) => id.startsWith('certificate '))
  const isOtherAuthority = isCertified && authority !== undefined && !digests.includes(authority.slice(0, 8))
  return inputs.filter((path) => (path === authorityPath ? isOtherAuthority : changing.has(`file ${path}`)))
}

export const releaseKind = defineKind(definition)

/** What is wanted of an app's release, as the kind has accepted it. */
export function releaseIn({ spec: raw }: Pick<Resource, 'spec'>): ReleaseSpec {
  return spec.parse(raw)
}

/** Settings of a release besides its app. */
export interface ReleaseOptions {
  /** What its processes find in their environment. */
  readonly variables: Readonly<Record<string, SecretText>>
  /** The file that tells the host's program `release.pl` about the app. */
  readonly settings: string
  /** The units of its processes; they are enabled, started and restarted as the release asks. */
  readonly units: readonly string[]
  /** Files that the units are restarted for. */
  readonly inputs: readonly string[]
}

/** The release of an app that its hosts run. Before the app has one, nothing is wanted. */
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

/** What a run knows of releases when it plans. */
export interface ReleaseReader {
  /** The release that hosts are to run with the present config; undefined while the app has none. */
  wanted(app: string, config: string | undefined): WantedRelease | undefined
}

/** The resource with the release that is to run, and the authority that its processes are to trust, where it is one of an app. */
export function withRelease(resource: Resource, releases: ReleaseReader, authority?: string): Resource {
  if (resource.kind !== 'release') return resource
  const known = spec.parse(resource.spec)
  const wanted = releases.wanted(known.app, known.config.digest)
  return { ...resource, spec: { ...known, wanted, authority: authority && sha256(authority) } }
}

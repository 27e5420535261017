/** A Debian package: installed, held at its version, or absent. */
import { z } from 'zod'
import type { Resource } from '../model/resource.ts'
import { type Change, defineKind, type Found, type KindDefinition, makeResource } from './kind.ts'
import { letGo, settle } from './package-step.ts'

const spec = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'must be the name of a Debian package'),
  state: z.enum(['present', 'absent', 'held']).default('present'),
  version: z
    .string()
    .regex(/^\d[\w.+~:-]*$/, 'must be the whole version of a Debian package, such as 1.22.1-9')
    .optional(),
})

/** What is wanted of one package. */
export type PackageSpec = z.output<typeof spec>

const definition: KindDefinition<PackageSpec> = {
  name: 'package',
  spec,
  key: ({ name }) => name,
  imageNeeds: () => [],
  hint: () => 'wanted',
  // What copse found here and only held is let go of when it is no longer wanted; it stays installed.
  observe: `made="\${COPSE_VAR:-/var/lib/copse}/made/package"
see() {
  if [ -n "$2" ]; then echo "$1 wanted"; elif [ -e "$made/$1" ]; then echo "$1 made"; else echo "$1 kept"; fi
}
automatic=/dev/null
if [ -f /var/lib/apt/extended_states ]; then automatic=/var/lib/apt/extended_states; fi
{
  each see
  echo :
  awk '$1 == "Package:" { name = $2 } $1 == "Auto-Installed:" && $2 == 1 { print name }' $automatic
  echo :
  dpkg-query -W -f '\${Package} \${Version} \${db:Status-Abbrev}\\n'
} | awk '
  $0 == ":" { part++; next }
  part == 0 { asked[$1] = $2; next }
  part == 1 { automatic[$1]; next }
  !($1 in asked) || $NF ~ /^.[nc]/ || (asked[$1] == "kept" && $NF !~ /^h/) { next }
  {
    printf "%s\\tversion=%s\\tstatus=%s\\theld=%s", $1, $2, substr($NF, 2), $NF ~ /^h/ ? "yes" : "no"
    printf "\\tautomatic=%s\\n", ($1 in automatic) ? "yes" : "no"
    delete asked[$1]
  }'`,
  diff,
  apply: (wanted) => settle([wanted]),
  batch: (items) => settle(items.map((item) => item.spec)),
  remove: letGo,
}

function diff({ state, version }: PackageSpec, found: Found | undefined): Change | undefined {
  if (state === 'absent')
    return found && { action: 'destroy', why: [`${found.version} is installed, wanted none`] }
  if (!found) return { action: 'create', why: [] }
  const why = [
    ...(found.status === 'i' ? [] : [`is only half installed (dpkg says ${found.status})`]),
    ...(version === undefined || found.version === version ? [] : [`${found.version}, wanted ${version}`]),
    ...(state === 'held' && found.held === 'no' ? ['not held'] : []),
    ...(state === 'present' && found.held === 'yes' ? ['held, wanted free'] : []),
    ...(found.automatic === 'yes' ? ['installed only because another package needs it'] : []),
  ]
  return why.length > 0 ? { action: 'update', why } : undefined
}

export const packageKind = defineKind(definition)

/** Settings of a package besides its name. */
export interface PackageOptions {
  /** `held` also keeps upgrades away from it. Default `present`. */
  readonly state?: PackageSpec['state']
  /** Exactly this version, also when that is a step back. Default: the one that is there, else the newest. */
  readonly version?: string
}

/**
 * A Debian package, without its recommendations. What it brings is enabled but not started: that is for `unit`,
 * after its configuration. Removed again only if copse installed it, with what came along; its data and its
 * settings in /etc stay.
 */
export function pkg(name: string, options: PackageOptions = {}): Resource {
  return makeResource(definition, { name, ...options })
}

/** Several packages. */
export function pkgs(...names: readonly string[]): readonly Resource[] {
  return names.map((name) => pkg(name))
}

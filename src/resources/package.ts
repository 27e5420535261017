/** A Debian package: installed, held at its version, or absent. */
import { z } from 'zod'
import { type Shell, sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { defineKind, type KindDefinition, makeResource, type Step, step } from './kind.ts'

const spec = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'must be a Debian package name'),
  state: z.enum(['present', 'absent', 'held']).default('present'),
})

type Spec = z.output<typeof spec>

const definition: KindDefinition<Spec> = {
  name: 'package',
  spec,
  key: ({ name }) => name,
  observe: `cut -f 1 >names
apt-mark showhold >held
dpkg-query -W -f '\${db:Status-Status}\\t\${Package}\\t\${Version}\\n' 2>/dev/null | awk -F '\\t' '
  FILENAME == "names" { wanted[$1]; next }
  FILENAME == "held" { held[$1]; next }
  ($2 in wanted) && $1 !~ /^(not-installed|config-files)$/ { printf "%s\\tstatus=%s\\tversion=%s\\theld=%s\\n", $2, $1, $3, ($2 in held) ? "yes" : "no" }' names held -`,
  diff(wanted, found) {
    if (wanted.state === 'absent')
      return found && { action: 'destroy', why: [`${found.version} is installed, wanted none`] }
    if (!found) return { action: 'create', why: [] }
    if (found.status !== 'installed') return { action: 'update', why: [`is ${found.status}`] }
    const held = wanted.state === 'held' ? 'yes' : 'no'
    if (found.held !== held)
      return { action: 'update', why: [held === 'yes' ? 'not held' : 'held, wanted free'] }
    return undefined
  },
  apply: (wanted) => install([wanted]),
  batch: (items) => install(items.map((item) => item.spec)),
  remove: (name) =>
    step(
      quietly,
      sh`apt-mark unhold ${name} >/dev/null`,
      sh`apt-get -q -y -o DPkg::Lock::Timeout=120 purge ${name}`,
    ),
}

/** While apt works, nothing that it installs is started: services come up with their own configuration later. */
const quietly: Shell = sh`policy=/usr/sbin/policy-rc.d
if [ -e "$policy" ] && grep -q '^# copse' "$policy"; then rm -f "$policy"; fi
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\n# copse: nothing starts before its configuration\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
if [ -n "$(dpkg --audit)" ]; then dpkg --force-confdef --force-confold --configure -a; fi`

function install(specs: readonly Spec[]): Step {
  const words = specs.map(({ name, state }) => (state === 'absent' ? `${name}-` : name))
  const named = (state: Spec['state']) => specs.filter((one) => one.state === state).map(({ name }) => name)
  const held = named('held')
  const free = named('present')
  return step(
    quietly,
    sh`apt() { apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --no-install-recommends --allow-change-held-packages "$@"; }
fresh=$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*' -mtime -1 2>/dev/null | head -n 1)
newer=$(find /etc/apt/sources.list /etc/apt/sources.list.d -newer /var/lib/apt/lists -type f 2>/dev/null | head -n 1)
if [ -z "$fresh" ] || [ -n "$newer" ]; then apt update; touch /var/lib/apt/lists; fi`,
    sh`for name in ${free.concat(held)}; do
  if [ -z "$(apt-cache show --no-all-versions "$name" 2>/dev/null)" ]; then apt update; break; fi
done
for name in ${free.concat(held)}; do
  if [ -z "$(apt-cache show --no-all-versions "$name" 2>/dev/null)" ]; then echo "no package source of this host has $name" >&2; exit 1; fi
done
apt install ${words}`,
    ...(held.length > 0 ? [sh`apt-mark hold ${held}`] : []),
    ...(free.length > 0 ? [sh`apt-mark unhold ${free} >/dev/null`] : []),
  )
}

export const packageKind = defineKind(definition)

/** Installs a Debian package without its recommendations; `held` also keeps it at its version. */
export function pkg(name: string, options: { readonly state?: Spec['state'] } = {}): Resource {
  return makeResource(definition, { name, ...options })
}

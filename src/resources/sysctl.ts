/** A kernel setting: now and at every boot. */
import { z } from 'zod'
import { lines, type Shell, sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { type Change, defineKind, type Found, type KindDefinition, makeResource } from './kind.ts'
import { markOf, marksOf } from './made.ts'
import { oneLine } from './words.ts'

const spec = z.strictObject({
  key: z
    .string()
    .max(150)
    .regex(/^[a-z0-9_]+(\.[\w:-]+)+$/, 'must be the name of a kernel setting, such as net.ipv4.ip_forward'),
  value: oneLine.min(1).transform(spaced),
  live: z.boolean().default(true),
})

type Sysctl = z.output<typeof spec>

const definition: KindDefinition<Sysctl> = {
  name: 'sysctl',
  spec,
  key: ({ key }) => key,
  hint: () => 'wanted',
  imageNeeds: () => [],
  // One process for all: the kernel gives such a file only to who reads it in one go, which the shell does not.
  observe: {
    sh: `awk -F '\\t' '
  function content(path, text) {
    text = ""
    if ((getline text <path) < 0) text = ""
    close(path)
    gsub("%", "%25", text); gsub("\\t", "%09", text)
    return text
  }
  {
    saved = content("/etc/sysctl.d/60-copse-" $1 ".conf")
    if (saved == "") next
    sub(/^[^=]*= */, "", saved)
    path = $1
    gsub(/[.]/, "/", path)
    printf "%s\\tsaved=%s\\tlive=%s\\n", $1, saved, content("/proc/sys/" path)
  }'`,
  },
  diff,
  apply: (wanted) => ({
    payloads: { setting: { text: `${wanted.key} = ${wanted.value}\n` } },
    prepare: keepFormer(wanted.key),
    script: lines([save(wanted.key), ...(wanted.live ? [setLive(wanted)] : [])]),
  }),
  remove: (key) => ({
    script: sh`rm -f ${savedAt(key)}
former=${markOf('sysctl', key)}
if [ -s "$former" ] && ! cmp -s "$former" ${liveAt(key)}; then cat "$former" >${liveAt(key)} || :; fi
rm -f "$former"`,
  }),
}

function diff({ value, live }: Sysctl, found: Found | undefined): Change | undefined {
  if (!found) return { action: 'create', why: [] }
  const saved = spaced(found.saved ?? '')
  const current = spaced(found.live ?? '')
  const why = [
    ...(saved === value ? [] : [`${saved} at boot, wanted ${value}`]),
    ...(!live || current === value
      ? []
      : [`is ${current === '' ? 'unknown to this kernel' : current}, wanted ${value}`]),
  ]
  return why.length > 0 ? { action: 'update', why } : undefined
}

/** The kernel separates several numbers by tabs. */
function spaced(value: string): string {
  return value.trim().replaceAll(/\s+/g, ' ')
}

function liveAt(key: string): string {
  return `/proc/sys/${key.replaceAll('.', '/')}`
}

function savedAt(key: string): string {
  return `/etc/sysctl.d/60-copse-${key}.conf`
}

/** The value before copse, which comes back when the setting is no longer wanted. */
function keepFormer(key: string): Shell {
  return sh`if [ -z "$COPSE_OWNED" ]; then
  mkdir -p ${marksOf('sysctl')}
  cat ${liveAt(key)} >${markOf('sysctl', key)} 2>/dev/null || :
fi`
}

function save(key: string): Shell {
  const path = savedAt(key)
  return sh`mkdir -p /etc/sysctl.d
cp ./setting ${`${path}.copse`}
chmod 644 ${`${path}.copse`}
sync ${`${path}.copse`}
mv -f ${`${path}.copse`} ${path}`
}

function setLive({ key, value }: Sysctl): Shell {
  const path = liveAt(key)
  return sh`if [ ! -e ${path} ]; then echo ${`this kernel has no setting ${key}`} >&2; exit 1; fi
if ! printf '%s\\n' ${value} >${path}; then
  echo ${`${key} cannot be set here (is this a container?); live: false leaves it to the next boot`} >&2
  exit 1
fi`
}

export const sysctlKind = defineKind(definition)

/** A kernel setting by its dotted name; `live: false` leaves the running kernel alone, where it may not be changed. */
export function sysctl(
  key: string,
  value: string | number,
  options: { readonly live?: boolean } = {},
): Resource {
  return makeResource(definition, { key, value: String(value), ...options })
}

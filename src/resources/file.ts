/** A file: its content, owner, group and mode. */
import { z } from 'zod'
import { sha256 } from '../lib/digest.ts'
import { type Shell, sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { type Change, defineKind, type Found, type KindDefinition, makeResource, step } from './kind.ts'
import { absolutePath, accountName, fileMode, octal } from './words.ts'

const spec = z.strictObject({
  path: absolutePath,
  content: z.string(),
  owner: accountName.default('root'),
  group: accountName.default('root'),
  mode: fileMode.default(0o644),
  validate: z.string().optional(),
  confirm: z.strictObject({ reload: z.array(z.string()) }).optional(),
})

type Spec = z.output<typeof spec>

const definition: KindDefinition<Spec> = {
  name: 'file',
  spec,
  key: ({ path }) => path,
  hint: ({ content }) => sha256(content),
  observe: `see() {
  if [ -L "$1" ]; then printf '%s\\tother=symbolic link\\n' "$1"
  elif [ -f "$1" ]; then
    sum=$(sha256sum <"$1")
    sum=\${sum%% *}
    printf '%s\\t%s\\tsha=%s' "$1" "$(stat -c "owner=%U\${tab}group=%G\${tab}mode=%a" "$1")" "$sum"
    if [ "$sum" != "$2" ] && [ "$(stat -c %s "$1")" -le 65536 ] && ! tr -d '\\0' <"$1" | cmp -s - "$1"; then :
    elif [ "$sum" != "$2" ] && [ "$(stat -c %s "$1")" -le 65536 ]; then printf '\\ttext=%s' "$(enc <"$1")"; fi
    echo
  elif [ -e "$1" ]; then printf '%s\\tother=%s\\n' "$1" "$(stat -c %F "$1")"; fi
}
each see`,
  diff,
  apply: (wanted, _change, found) => ({
    script: isRewritten(wanted, found) ? rewrite(wanted) : adjust(wanted),
    ...(isRewritten(wanted, found) ? { payloads: { content: { text: wanted.content } } } : {}),
    prepare: keepOriginal(wanted.path),
    ...(wanted.confirm && { confirm: { paths: [wanted.path], reload: wanted.confirm.reload } }),
  }),
  remove: (path) =>
    step(sh`kept=${original(path)}; if [ -e "$kept" ]; then mv -f "$kept" ${path}; else rm -f ${path}; fi`),
}

function diff(wanted: Spec, found: Found | undefined): Change | undefined {
  if (!found) return { action: 'create', why: [], diff: { before: '', after: wanted.content } }
  if (found.other) return { action: 'replace', why: [`is a ${found.other}, wanted a file`] }
  const facts = { owner: wanted.owner, group: wanted.group, mode: octal(wanted.mode).replace(/^0+/, '') }
  const why = Object.entries(facts).flatMap(([name, value]) =>
    found[name] === value ? [] : [`${name} ${found[name]}, wanted ${value}`],
  )
  const isSame = found.sha === sha256(wanted.content)
  if (isSame && why.length === 0) return undefined
  const text =
    isSame || found.text === undefined ? {} : { diff: { before: `${found.text}\n`, after: wanted.content } }
  return { action: 'update', why: isSame ? why : ['content', ...why], ...text }
}

function isRewritten(wanted: Spec, found: Found | undefined): boolean {
  return found?.sha !== sha256(wanted.content)
}

function adjust({ path, owner, group, mode }: Spec): Shell {
  return sh`chown -h ${`${owner}:${group}`} ${path}
chmod ${octal(mode)} ${path}`
}

function rewrite({ path, owner, group, mode, validate }: Spec): Shell {
  const temporary = `${path}.copse-new`
  const check = validate === undefined ? sh`:` : { shell: validate.replaceAll('%s', sh`${temporary}`.shell) }
  return sh`mkdir -p "$(dirname ${path})"
if [ -d ${path} ] && [ ! -L ${path} ]; then rmdir ${path}; fi
rm -f ${temporary}
trap ${sh`rm -f ${temporary}`.shell} EXIT
(umask 077; cat ./content > ${temporary})
chown ${`${owner}:${group}`} ${temporary}
chmod ${octal(mode)} ${temporary}
sync ${temporary}
${check}
mv -fT ${temporary} ${path}`
}

function keepOriginal(path: string): Shell {
  return sh`if [ -z "$COPSE_OWNED" ] && [ -f ${path} ]; then
  kept=${original(path)}; mkdir -p "$(dirname "$kept")"; cp -a ${path} "$kept"
fi`
}

function original(path: string): Shell {
  return sh`${variable}/original/${encodeURIComponent(path)}`
}

const variable: Shell = { shell: '"\u0024{COPSE_VAR:-/var/lib/copse}"' }

export const fileKind = defineKind(definition)

/** Settings of a file besides its path. */
export type FileOptions = Omit<z.input<typeof spec>, 'path'>

/** A file with this content; one that stood there before copse is kept and comes back when copse lets go. */
export function file(path: string, options: FileOptions): Resource {
  return makeResource(definition, { path, ...options })
}

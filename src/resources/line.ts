/** One line of a file that copse does not own. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { defineKind, type KindDefinition, makeResource } from './kind.ts'
import { absolutePath, oneLine } from './words.ts'

const spec = z.strictObject({
  path: absolutePath.regex(/^[^:]*$/, 'must not contain a colon'),
  line: oneLine.min(1),
  match: oneLine.min(1).optional(),
})

/** The key holds all that removing needs: neither half can contain the separator's start. */
const separator = ': '

const definition: KindDefinition<z.output<typeof spec>> = {
  name: 'line',
  spec,
  key: ({ path, line }) => `${path}${separator}${line}`,
  hint: ({ match }) => match ?? '',
  observe: `see() {
  path=\${1%%: *}
  if [ ! -f "$path" ]; then return 0; fi
  count=$(grep -cxF -e "\${1#*: }" "$path") || :
  rivals=0
  if [ -n "$2" ]; then rivals=$(grep -E -e "$2" "$path" | grep -cvxF -e "\${1#*: }") || :; fi
  if [ "$count" -gt 0 ] || [ "$rivals" -gt 0 ]; then printf '%s\\tcount=%s\\trivals=%s\\n' "$1" "$count" "$rivals"; fi
}
each see`,
  diff(_wanted, found) {
    if (!found) return { action: 'create', why: [] }
    if (found.count === '1' && found.rivals === '0') return undefined
    return { action: 'update', why: [`there ${found.count} times, ${found.rivals} lines that it replaces`] }
  },
  apply: ({ path, line, match }) => ({
    payloads: { line: { text: `${line}\n` }, match: { text: match === undefined ? '' : `${match}\n` } },
    script: sh`${edit(path)}
awk -v match_file=./match '
  BEGIN { getline wanted <"./line"; if ((getline pattern <match_file) <= 0) pattern = "" }
  $0 == wanted || (pattern != "" && $0 ~ pattern) { if (!done++) print wanted; next }
  { print }
  END { if (!done) print wanted }' "$kept" >"$new"
replace`,
  }),
  remove(key) {
    const at = key.indexOf(separator)
    return {
      payloads: { line: { text: `${key.slice(at + separator.length)}\n` } },
      script: sh`${edit(key.slice(0, at))}
awk 'BEGIN { getline wanted <"./line" } $0 != wanted' "$kept" >"$new"
replace`,
    }
  },
}

/** A copy with the file's own owner and mode takes its place, so that the file is never half written. */
function edit(path: string) {
  return sh`path=$(readlink -m ${path})
mkdir -p "$(dirname "$path")"
[ -e "$path" ] || : >"$path"
new=$path.copse-new kept=$path
trap 'rm -f "$new"' EXIT
cp -a "$path" "$new"
replace() { sync "$new"; mv -f "$new" "$path"; }`
}

export const lineKind = defineKind(definition)

/** The line stands in the file exactly once; `match` (a POSIX extended expression) names the lines that it replaces. */
export function line(path: string, text: string, options: { readonly match?: string } = {}): Resource {
  return makeResource(definition, { path, line: text, ...options })
}

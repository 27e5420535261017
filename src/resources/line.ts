/** One line of a file that copse does not own. */
import { z } from 'zod'
import { type Shell, sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { type Change, defineKind, type Found, type KindDefinition, makeResource, step } from './kind.ts'
import {
  type Access,
  clearTemporary,
  makeParent,
  moveIntoPlace,
  ownership,
  standingPath,
  temporaryOf,
} from './on-disk.ts'
import { noteAbsence, whereAbsent } from './original.ts'
import { fileMode, octal, oneLine } from './words.ts'

/** Divides path and line in the key; what stands before its first occurrence is the path. */
const separator = ': '

const spec = z.strictObject({
  path: standingPath.refine(
    (path) => !path.includes(separator),
    'must not contain a colon with a space after it',
  ),
  line: oneLine.min(1),
  match: oneLine
    .min(1)
    .refine(isExtendedExpression, 'must be a POSIX extended regular expression, as grep -E takes it')
    .optional(),
  ...ownership,
  mode: fileMode.default(0o644),
})

type Spec = z.output<typeof spec>

/** Catches unbalanced brackets and the habits of other dialects; what is left, grep refuses on the host. */
function isExtendedExpression(text: string): boolean {
  if (/\\[dD]|\(\?/.test(text)) return false
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

const definition: KindDefinition<Spec> = {
  name: 'line',
  spec,
  key: ({ path, line }) => `${path}${separator}${line}`,
  hint: ({ match }) => match ?? '',
  imageNeeds: () => [],
  // Each file is read once for all its lines; a pipe or device is never opened.
  observe: {
    sh: `while IFS= read -r row; do
  path=\${row%%: *}
  if [ -f "$path" ] && [ ! -L "$path" ]; then printf '%s\\n' "$row"; fi
done | awk -F '\\t' '{
  at = index($1, ": ")
  path = substr($1, 1, at - 1)
  if (!(path in known)) {
    known[path]
    while ((getline text <path) > 0) count[path "\\n" text]++
    close(path)
  }
  print count[path "\\n" substr($1, at + 2)] + 0 "\\t" $0
}' | while IFS= read -r row; do
  count=\${row%%"$tab"*}
  row=\${row#*"$tab"}
  key=\${row%%"$tab"*}
  match=\${row#*"$tab"}
  rivals=
  if [ -n "$match" ]; then
    rivals=$(grep -aE -e "$match" -- "\${key%%: *}" | LC_ALL=C grep -avxF -e "\${key#*: }" | enc)
  fi
  if [ "$count" -gt 0 ] || [ -n "$rivals" ]; then printf '%s\\tcount=%s\\trivals=%s\\n' "$key" "$count" "$rivals"; fi
done`,
  },
  diff,
  apply: ({ path, line, match, ...access }) => ({
    prepare: noteAbsence(path),
    script: sh`${makeParent(path)}
${takeCopies(path, access)}
{
  LC_ALL=C grep -naxF -e ${line} old || [ $? -eq 1 ]
  ${match === undefined ? sh`:` : sh`grep -naE -e ${match} old || [ $? -eq 1 ]`}
} >matching
cut -d : -f 1 matching >hits
line=${line} awk '
  FILENAME == "hits" { hit[$1]; next }
  !(FNR in hit) { print; next }
  !isPlaced++ { print ENVIRON["line"] }
  END { if (!isPlaced) print ENVIRON["line"] }' hits old >new
${replaceWithCopy(path)}`,
  }),
  remove(key) {
    const at = key.indexOf(separator)
    const [path, line] = [key.slice(0, at), key.slice(at + separator.length)]
    return step(sh`${takeCopies(path)}
LC_ALL=C grep -avxF -e ${line} old >new || [ $? -eq 1 ]
if [ -s new ]; then
  ${replaceWithCopy(path)}
else
  ${whereAbsent(path, sh`rm -f ${path}`, replaceWithCopy(path))}
fi`)
  },
}

function diff(_wanted: Spec, found: Found | undefined): Change | undefined {
  if (!found) return { action: 'create', why: [] }
  const { count = '', rivals = '' } = found
  if (count === '1' && rivals === '') return undefined
  const why = [
    ...(rivals === '' ? [] : rivals.split('\n').map((text) => `replaces ${text}`)),
    ...(Number(count) > 1 ? [`is there ${count} times`] : []),
  ]
  return { action: 'update', why }
}

/**
 * Copies the file, with owner and mode, to `old` and `new` in the step's own directory, where nobody can exchange them;
 * where there is no file, `access` says whose the new one is.
 */
function takeCopies(path: string, access?: Access): Shell {
  const make = access && sh`chown ${`${access.owner}:${access.group}`} old; chmod ${octal(access.mode)} old`
  return sh`if [ -e ${path} ] || [ -L ${path} ]; then cp -aT ${path} old; else : >old; ${make ?? sh`:`}; fi
if [ -L old ] || [ ! -f old ]; then
  echo ${`${path} is not a plain file: name the file that a link points at`} >&2
  exit 1
fi
cp -aT old new`
}

function replaceWithCopy(path: string): Shell {
  return sh`${clearTemporary(path)}
cp -aT --remove-destination new ${temporaryOf(path)}
sync ${temporaryOf(path)}
${moveIntoPlace(path)}`
}

export const lineKind = defineKind(definition)

/** Settings of a line besides its file and its text. */
export interface LineOptions {
  /** A POSIX extended regular expression: lines that it finds are replaced by this one. */
  readonly match?: string
  /** Whose the file is if it has to be made. Default root. */
  readonly owner?: string
  /** Default root. */
  readonly group?: string
  /** Permission bits of a file that has to be made. Default 0o644. */
  readonly mode?: number
}

/** The line stands in the file exactly once, where the first line that it replaces stood, else at the end. */
export function line(path: string, text: string, options: LineOptions = {}): Resource {
  return makeResource(definition, { path, line: text, ...options })
}

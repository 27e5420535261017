/** Marks on a host for what copse itself brought there, so that removing never takes what stood there before. */
import { lines, type Shell, sh } from '../lib/shell.ts'

/** Where the marks of a kind are, as one word of shell; observe scripts look there too. */
export function marksOf(kind: string): Shell {
  return sh`"\${COPSE_VAR:-/var/lib/copse}"/made/${kind}`
}

/** The mark of one thing, as one word of shell. */
export function markOf(kind: string, key: string): Shell {
  return sh`${marksOf(kind)}/${key}`
}

/**
 * For `prepare`: marks those of the things that copse does not own yet and for which `isThere` fails.
 * `isThere` finds the thing in `$key`. A thing that is there already loses a mark of former days.
 */
export function markNew(kind: string, keys: readonly string[], isThere: Shell): Shell {
  return sh`owned="\${COPSE_VAR:-/var/lib/copse}"/owned
[ -d ${marksOf(kind)} ] || mkdir -p ${marksOf(kind)}
mark() {
  key=$1
  if cut -f 1,2 "$owned" 2>/dev/null | grep -qxF ${kind}"$(printf '\t')$key"; then return 0; fi
  if ${isThere} >/dev/null 2>&1; then rm -f ${marksOf(kind)}/"$key"; else : >${marksOf(kind)}/"$key"; fi
}
${lines(keys.map((key) => sh`mark ${key}`))}`
}

/** How files are observed: everything by a few commands for all of them, but the texts that differ, one by one. */
import { factsWord } from './on-disk.ts'
import { longestText } from './sources.ts'

/**
 * A file's fields are type, owner, group, mode, sha and, where the hint is another digest, its text: UTF-8 without NUL,
 * of a size that plans show. Without -z, sha256sum would write some names otherwise; with it, sed keeps all line ends.
 */
export const observeFiles = `${factsWord}
found=$(facts)
sums=$(printf '%s\\n' "$found" | awk -F '\\t' '$4 == "type=file" { print $3 }' |
  xargs -r -d '\\n' sha256sum -z 2>/dev/null | tr '\\0' '\\n')
lines=$(printf '%s\\n\\n%s\\n' "$sums" "$found" | awk '
  !listed && $0 == "" { listed = 1; next }
  !listed { sum[substr($0, 67)] = substr($0, 1, 64); next }
  split($0, field, "\\t") > 1 {
    sha = field[4] == "type=file" ? sum[field[3]] : ""
    isShown = sha != "" && field[2] != "" && field[2] != sha && field[1] <= ${longestText}
    printf "%s\\t%s", isShown ? "show" : "", substr($0, length(field[1] field[2]) + 3)
    print sha == "" ? "" : "\\tsha=" sha
  }')
texts=$(printf '%s\\n' "$lines" | awk -F '\\t' '$1 == "show" { print $2 }' |
  xargs -r -d '\\n' env LC_ALL=C grep -LaP '\\x00' 2>/dev/null | xargs -r -d '\\n' grep -Laxv '.*' 2>/dev/null || :)
printf '%s\\n\\n%s\\n' "$texts" "$lines" | awk -F '\\t' '
  !listed && $0 == "" { listed = 1; next }
  !listed { text[$0]; next }
  NF > 1 { print (($2 in text) ? "text" : "") substr($0, length($1) + 1) }' | while IFS= read -r line; do
  printf '%s' "\${line#*"$tab"}"
  case $line in
    text*)
      line=\${line#*"$tab"}
      printf '\\ttext='
      sed -z -e 's/%/%25/g' -e 's/\\t/%09/g' -e 's/\\n/%0A/g' "\${line%%"$tab"*}" || :
      ;;
  esac
  echo
done`

/** The shell that looks at systemd units. */
import { fullNameWord } from './unit-name.ts'

/** `table`: reads full names and prints for each, in their order, load, active, sub and unit file state, and more. */
export const unitTableWord = `table() {
  xargs -r -d '\\n' -n 100000 -s 1000000 -x systemctl show -p \\
    LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload,Type,RemainAfterExit -- | awk '
    BEGIN { RS = ""; FS = "\\n"; OFS = "\\t" }
    {
      split("", v)
      for (i = 1; i <= NF; i++) { at = index($i, "="); v[substr($i, 1, at - 1)] = substr($i, at + 1) }
      once = v["Type"] == "oneshot" && v["RemainAfterExit"] == "no"
      print v["LoadState"], v["ActiveState"], v["SubState"], v["UnitFileState"], v["NeedDaemonReload"], once ? "yes" : "no"
    }'
}`

/**
 * One question to systemd for all units. A unit that keeps crashing reads failed at every moment, and one that runs
 * once and ends reads stopped, so that a plan stays true until it is applied.
 */
export const observeUnits = `${fullNameWord}
${unitTableWord}
var="\${COPSE_VAR:-/var/lib/copse}"
see() {
  full "$1"
  restart='' reload='' why=$2
  if [ -z "$2" ] && [ -e "$var/made/unit/$1" ]; then why=made; fi
  if [ -f "$var/stamps/$name" ]; then
    while IFS='=' read -r field value; do
      case $field in restart) restart=$value ;; reload) reload=$value ;; esac
    done <"$var/stamps/$name"
  fi
  printf '%s\\t%s\\t%s\\t%s\\t%s\\n' "$name" "$1" "$why" "$restart" "$reload"
}
rows=$(each see)
printf '%s\\n' "$rows" | cut -f 1 | table | ROWS=$rows awk '
  BEGIN { FS = OFS = "\\t"; count = split(ENVIRON["ROWS"], row, "\\n") }
  {
    split(row[NR], asked, "\\t")
    state = "stopped"
    if ($2 ~ /^(active|activating|reloading|refreshing)$/ && $6 == "no") state = "running"
    if ($2 == "failed" || $3 ~ /^auto-restart/) state = "failed"
    isIdle = state == "stopped" && $4 !~ /^enabled/ && asked[4] asked[5] == ""
    if ($1 == "not-found" || asked[3] == "" || (asked[3] == "made" && isIdle)) next
    print asked[2], "load=" $1, "state=" state, "enabled=" $4, "outdated=" $5, "once=" $6, \\
      "restart=" asked[4], "reload=" asked[5]
  }'`

# Asks every probe in ./probes, eight at a time, and prints for each: boundary, name, exit code, milliseconds, then what it said.
set -u
boundary=$(cat boundary)
ask() {
  begin=$(date +%s%3N)
  code=0
  timeout 10 sh -u "$1" >"$1.out" 2>&1 </dev/null || code=$?
  printf '%s\t%s\n' "$code" "$(($(date +%s%3N) - begin))" >"$1.end"
}
n=0
for probe in probes/*; do
  ask "$probe" &
  n=$((n + 1))
  if [ $((n % 8)) -eq 0 ]; then wait; fi
done
wait
for end in probes/*.end; do
  probe=${end%.end}
  printf '%s\t%s\t%s\n' "$boundary" "${probe#probes/}" "$(cat "$end")"
  head -c 65536 "$probe.out"
  echo
done

# Asks every probe in ./probes, eight at a time, and prints for each: boundary, name, exit code, milliseconds, then what it said.
set -u
read -r line <boundary
boundary=$line
# Hundredths of a second since the box booted: the shell reads them itself.
now() {
  read -r now _ </proc/uptime
  now=${now%.*}${now#*.}
}
ask() {
  now
  begin=$now
  code=0
  timeout 10 sh -u "$1" >"$1.out" 2>&1 </dev/null || code=$?
  now
  printf '%s\t%s\n' "$code" "$(((now - begin) * 10))" >"$1.end"
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
  read -r result <"$end"
  printf '%s\t%s\t%s\n' "$boundary" "${probe#probes/}" "$result"
  head -c 65536 "$probe.out"
  echo
done

#!/bin/sh
# prune-journals DIR MIB: of each host, removes the oldest of its journals that are no longer written, beyond so many MiB.
set -eu
cd "$1"
for current in *.journal; do
  case $current in *@*) continue ;; esac
  host=${current%.journal}
  # Names that systemd gives hold neither spaces nor anything else that needs care.
  # shellcheck disable=SC2012
  ls -t -- "$host@"*.journal "$host@"*.journal~ 2>/dev/null | {
    used=0
    while read -r name; do
      used=$((used + $(stat -c '%b * %B' -- "$name")))
      [ "$used" -le $(($2 * 1048576)) ] || rm -f -- "$name"
    done
  }
done

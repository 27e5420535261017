#!/bin/sh
# Has builds started for the branches that were pushed. What was pushed stays, also where that fails.
set -eu
while read -r _ new ref; do
  case $new in *[!0]*) ;; *) continue ;; esac
  case $ref in refs/heads/*) ;; *) continue ;; esac
  ci-do pushed "$ref" "$new" || echo "nothing is built of $ref: start it with: copse ci start ENV rebuild" >&2
done

#!/bin/sh
# accept ROOT KEEP: keeps each dump in ROOT/in/HOST that is as its manifest says, and of each database the newest KEEP.
# Whoever brought it reads under ROOT/HOST what became of it.
set -eu
LC_ALL=C
export LC_ALL
cd "$1"
keep=$2

# said FIELD: what the manifest says.
said() { awk -F '\t' -v field="$1" '$1 == field { print $2; exit }' "$manifest"; }

what_is_wrong() {
  if [ ! -f "$new.dump" ]; then
    echo 'there is no dump beside its manifest'
  elif [ -e "$kept.manifest" ]; then
    echo 'a dump of this name is kept already'
  elif [ "$(stat -c %s "$new.dump")" != "$(said bytes)" ]; then
    echo "it has $(stat -c %s "$new.dump") bytes, its manifest says $(said bytes)"
  elif [ "$(sha256sum <"$new.dump")" != "$(said sha256)  -" ]; then
    echo 'it is not what its manifest says: another sha256'
  fi
}

# Durable before it is called kept; the manifest comes last, since it says that there is a dump.
keep_it() {
  chown root:www-data "$new.dump" "$manifest"
  chmod 640 "$new.dump" "$manifest"
  sync "$new.dump" "$manifest"
  mv -T "$new.dump" "$kept.dump"
  sync "$host"
  mv -T "$manifest" "$kept.manifest"
  sync "$host"
}

# The names of one database's dumps are in the order of their times. A dump goes after what says that it is there.
let_go() {
  find "$host" -maxdepth 1 -name "${name%%.*}.*.manifest" | sort | head -n "-$keep" | while read -r old; do
    rm -f "$old"
    rm -f "${old%.manifest}.dump"
  done
}

for manifest in in/*/*.manifest; do
  [ -e "$manifest" ] || continue
  new=${manifest%.manifest}
  name=${new##*/}
  host=${new#in/}
  host=${host%%/*}
  kept=$host/$name
  problem=$(what_is_wrong)
  if [ -n "$problem" ]; then
    echo "$kept was refused: $problem" >&2
    rm -f "$manifest" "$new.dump"
    echo "$problem" >"$kept.refused"
    chgrp www-data "$kept.refused"
  else
    keep_it
    let_go
    echo "$kept is kept"
  fi
done
# What nobody finished.
find in -mindepth 2 -type f -mmin +1440 -delete
find . -mindepth 2 -maxdepth 2 -name '*.refused' -mmin +1440 -delete

# Puts back what a change that nobody confirmed had replaced. The argument is its directory: list (number TAB path) and the
# files by number, reload and stopped (units).
set -u
cd "$1" || exit 1
tab=$(printf '\t')
while IFS=$tab read -r n path; do
  if [ -e "$n" ]; then cp -a "$n" "$path.copse" && mv -f "$path.copse" "$path"; else rm -f "$path"; fi
done <list
while IFS= read -r unit; do systemctl stop "$unit"; systemctl disable --quiet "$unit"; done <stopped
while IFS= read -r unit; do systemctl try-reload-or-restart "$unit"; done <reload
: >reverted

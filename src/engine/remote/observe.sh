# Looks at a host, where it allows that with all of / read-only. Files beside it: look (Perl) and what that reads.
set -eu
code=0
unshare --mount --propagation private sh -c '
  : >inside
  mount -o remount,bind,ro / 2>/dev/null || :
  exec perl ./look' || code=$?
if [ -e inside ]; then exit "$code"; fi
# A host that allows no mount namespace is looked at without one.
exec perl ./look

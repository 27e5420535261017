# Takes from a machine what only one may have, so that it can be copied. Files beside it: before (units that were enabled
# before anything was installed), configured (units that copse configures), secrets (globs of what package scripts made up).
set -eu
systemctl list-unit-files --state=enabled --plain --no-legend | cut -d ' ' -f 1 | sort >enabled
# A daemon starts only after its configuration: what its package enabled is enabled again with that.
comm -13 before enabled | { grep -xF -f configured || :; } |
  SYSTEMCTL_SKIP_SYSV=1 xargs -r systemctl disable --quiet
while IFS= read -r glob; do
  # shellcheck disable=SC2086 # the shell is to expand it
  rm -rf -- $glob
done <secrets
apt-get clean
rm -rf /var/lib/copse/identity /var/lib/copse/run
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id /var/lib/systemd/random-seed
# Empty, with the mode that they are to have.
for file in /etc/ssh/ssh_host_ed25519_key /root/.ssh/authorized_keys; do
  install -m 600 /dev/null "$file"
done
: >/etc/machine-id
rm -rf /var/log/journal/* /var/lib/systemd/timers/*
find /var/log -type f -exec truncate -s 0 {} +
sync

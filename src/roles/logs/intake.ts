/** One receiver per host, started when it connects: what it brings goes into its own file, whatever the lines claim. */
import { directory, file, type Host, type ResourceList, timer, unit } from 'copse'
import { hardened } from '../hardened.ts'

/** `HOST.journal` is being written, `HOST@….journal` are older ones; `journalctl -D` reads them all. */
export const journals = '/srv/journals'

/** Where a host's receiver listens. */
export function socketOf(name: string): string {
  return `/run/copse-logs/${name}.sock`
}

const servicePath = '/etc/systemd/system/copse-log@.service'
const socketPath = '/etc/systemd/system/copse-log@.socket'
const account = 'systemd-journal-remote'

/** It needs the packages systemd-journal-remote and haproxy. */
export function intake(clients: readonly Host[], keep: number): ResourceList {
  const pruner = '/usr/local/lib/copse/prune-journals'
  return [
    directory(journals, { owner: account, group: account, mode: 0o2755 }),
    directory('/usr/local/lib/copse'),
    file(servicePath, { content: service }),
    file(socketPath, { content: socket }),
    clients.map(({ name }) => unit(`copse-log@${name}.socket`, { restartOn: [servicePath, socketPath] })),
    file(pruner, { source: './prune-journals.sh', mode: 0o755 }),
    timer('copse-log-prune', {
      description: "Removes the oldest of each host's journals",
      command: `exec ${pruner} ${journals} ${keep}`,
      onCalendar: '*:0/10',
    }),
  ]
}

/** Nobody but the door may speak for a host. */
const socket = `[Unit]
Description=Where the journal of %i comes in

[Socket]
ListenStream=${socketOf('%i')}
SocketGroup=haproxy
SocketMode=0660
DirectoryMode=0755

[Install]
WantedBy=sockets.target
`

/** One that is killed is started by the next line; a line is acknowledged when it is in the file. */
const service = `[Unit]
Description=Takes in the journal of %i
Requires=copse-log@%i.socket
StartLimitIntervalSec=0

[Service]
User=${account}
# The account's number may be another one on a new machine.
ExecStartPre=-+/bin/sh -c 'chown ${account}:${account} ${journals}/%i.journal ${journals}/%i@*'
ExecStart=/usr/lib/systemd/systemd-journal-remote --listen-http=-3 --split-mode=none --output=${journals}/%i.journal
WatchdogSec=3min
LimitNOFILE=65536
${hardened}
ReadWritePaths=${journals}
PrivateNetwork=yes
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
LockPersonality=yes
SystemCallArchitectures=native
`

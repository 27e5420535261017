/** The agent: does as root what the steps of builds need, by fixed words, for two accounts that may do nothing. */
import { directory, file, group, type ResourceList, unit } from 'copse'
import type { AppTable } from './app-table.ts'

/** Who is in it may ask the agent; what for, it decides by the account. */
export const agentGroup = 'ci-agent'

const programs = '/usr/local/lib/copse/ci'

/** Before the accounts that are in it. */
export function agentMembers(): ResourceList {
  return [group(agentGroup, { system: true })]
}

/** It needs the package git and the directories of the master's programs and settings. */
export function agent(table: AppTable): ResourceList {
  return [
    ['commits', 'pages'].map((name) => directory(`/srv/artifacts/${name}`)),
    ['agent', 'publish', 'junit'].map((name) => file(`${programs}/${name}`, { source: `./host/${name}.pl` })),
    file('/usr/local/bin/ci-do', { source: './host/ci-do', mode: 0o755 }),
    file('/etc/copse/ci/apps.json', { content: `${JSON.stringify(table, null, 2)}\n` }),
    file('/etc/systemd/system/ci-agent@.service', { content: service }),
    unit('ci-agent.socket', { file: socket, restartOn: ['/etc/systemd/system/ci-agent@.service'] }),
  ]
}

/** A connection is a process of its own, which reads its program and settings anew. */
const socket = `[Unit]
Description=What builds may ask for

[Socket]
ListenStream=/run/ci-agent/socket
Accept=yes
MaxConnections=16
DirectoryMode=0755
SocketUser=root
SocketGroup=${agentGroup}
SocketMode=0660
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
`

/** What it started ends with it, and it ends when nobody listens any more. */
const service = `[Unit]
Description=Does what a build asked for
CollectMode=inactive-or-failed

[Service]
ExecStart=/usr/bin/perl ${programs}/agent
StandardInput=socket
StandardError=journal
Environment=LANG=C.UTF-8 HOME=/nonexistent
PrivateTmp=yes
KillMode=mixed
TimeoutStopSec=20
RuntimeMaxSec=7200
`

/** The worker: runs the steps of builds as an account of its own, which may do nothing else on the host. */
import { directory, file, type ResourceList, unit, user } from 'copse'
import { workerPasswordPath } from './master.ts'

const account = 'ci-worker'
const home = '/var/lib/ci-worker'
const tacPath = '/usr/local/lib/copse/ci/worker.tac'

/** It needs the package buildbot-worker, the files of the master, and these groups. */
export function worker(groups: readonly string[] = []): ResourceList {
  const tac = file(tacPath, { source: './host/worker.tac' })
  const runsAs = user(account, {
    ...{ system: true, home, shell: '/bin/sh', comment: 'CI worker' },
    ...(groups.length > 0 ? { groups: [...groups] } : {}),
  })
  return [
    runsAs,
    directory(home, { owner: account, group: account, mode: 0o750 }),
    tac,
    unit('ci-worker', { file: service, restartOn: [runsAs, tac, workerPasswordPath] }),
  ]
}

/** Whatever a build left running ends with it, and a build that it ran is made again by the master. */
const service = `[Unit]
Description=CI worker (Buildbot)
After=network.target ci-master.service

[Service]
User=${account}
Environment=MALLOC_ARENA_MAX=2
LoadCredential=worker-password:${workerPasswordPath}
WorkingDirectory=${home}
ExecStart=/usr/bin/twistd3 --nodaemon --no_save --pidfile= --python=${tacPath}
Restart=always
RestartSec=1
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ReadWritePaths=${home}
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes

[Install]
WantedBy=multi-user.target
`

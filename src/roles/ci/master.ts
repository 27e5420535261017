/** The master: decides what is built, keeps what came out, and answers for it. Buildbot, headless. */
import { directory, file, type ResourceList, secret, unit } from 'copse'
import { hardened } from '../hardened.ts'
import type { Job } from './jobs.ts'

/** Its history; on a volume. */
export const dataPath = '/var/lib/ci'
/** Where it listens: a directory that only nginx may enter. */
export const socketPath = '/run/ci/www'

const programs = '/usr/local/lib/copse'
const codePath = `${programs}/ci`
/** What people see; Buildbot wants a page to be there, and nginx serves it. */
export const pagePath = `${codePath}/page`
const confPath = '/etc/copse/ci'
const jobsPath = `${confPath}/jobs.json`
/** What the worker shows the master; both are given it by systemd. */
export const workerPasswordPath = `${confPath}/worker-password`

const sources = [
  'master.cfg',
  'master.tac',
  'copse_www.py',
  'copse_www-1.dist-info/METADATA',
  'copse_www-1.dist-info/entry_points.txt',
  'page/index.html',
  'prepare',
]

/** `url` is how people reach it. It needs the packages buildbot and nginx. */
export function master(url: string, jobs: readonly Job[]): ResourceList {
  const password = file(workerPasswordPath, { content: secret('ci-worker', { generate: 32 }) })
  const code = sources.map((name) => file(`${codePath}/${name}`, { source: `./host/${name}` }))
  return [
    [programs, codePath, `${codePath}/copse_www-1.dist-info`, pagePath, confPath].map((path) =>
      directory(path),
    ),
    code,
    file(jobsPath, { content: `${JSON.stringify({ url, jobs }, null, 2)}\n` }),
    password,
    unit('ci-seed', { file: seedService, enabled: false, restartOn: [`${codePath}/prepare`] }),
    // Builds that run are not disturbed by a change of jobs.
    unit('ci-master', { file: service, restartOn: [password, ...code], reloadOn: [jobsPath] }),
  ]
}

/** To make a database takes Buildbot some seconds. */
const seedService = `[Unit]
Description=Empty database of the CI master

[Service]
Type=oneshot
User=buildbot
StateDirectory=ci-seed
WorkingDirectory=/var/lib/ci-seed
ExecStart=/bin/sh ${codePath}/prepare --seed
`

/**
 * Its group is nginx's, which so may enter the directory of the socket, and by the masks nothing else. Its data may come from a former machine, whose account had another number: systemd gives it to this one. What a
 * crash leaves of builds is settled by the start after it.
 */
const service = `[Unit]
Description=CI master (Buildbot)
After=network.target

[Service]
User=buildbot
Group=www-data
UMask=0077
Environment=PYTHONPATH=${codePath} MALLOC_ARENA_MAX=2
LoadCredential=worker-password:${workerPasswordPath}
StateDirectory=ci
StateDirectoryMode=0700
WorkingDirectory=${dataPath}
RuntimeDirectory=ci
RuntimeDirectoryMode=0750
ExecStartPre=/bin/sh ${codePath}/prepare
ExecStart=/usr/bin/twistd3 --nodaemon --no_save --pidfile= --python=${codePath}/master.tac
ExecStartPost=/bin/sh -c 'until curl -fsS -o /dev/null --unix-socket ${socketPath} http://ci/api/v2 2>/dev/null; do kill -0 $MAINPID || exit 1; sleep 0.2; done'
ExecReload=/bin/kill -HUP $MAINPID
TimeoutStartSec=180
Restart=always
RestartSec=2
${hardened}

[Install]
WantedBy=multi-user.target
`

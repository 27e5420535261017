/** The units of an app's processes, and the programs that they start. Pure. */
import { type App, type AppProcess, type Host, unitOfProcess } from 'copse'

/** Whom processes run as. */
export function accountOf({ name }: Pick<App, 'name'>): string {
  return `app-${name}`
}

export function unitPath(app: App, process: AppProcess): string {
  return `/etc/systemd/system/${unitOfProcess(app, process)}@.service`
}

export function launcherPath(app: App, process: AppProcess): string {
  return `/usr/local/lib/copse/apps/${unitOfProcess(app, process)}`
}

/** POSIX sh that is given the number of its instance. Programs that the app brought along are found by name. */
export function launcher(app: App, process: AppProcess): string {
  const port = process.name === 'web' ? `export PORT=$((${app.port} + $1 - 1))\n` : ''
  return `# ${app.name}, process ${process.name}: the unit gives it the number of its instance.
set -eu
PATH=$PWD/node_modules/.bin:/usr/local/bin:/usr/bin:/bin
export PATH
${port}exec ${process.run}
`
}

/**
 * It has started once it is healthy: so the start of a release that never is fails, and so does that of one that crashes.
 */
export function unitFile(app: App, process: AppProcess, host: Host): string {
  const isWeb = process.name === 'web'
  const asked = [host.address, app.port, '%i', app.health, ...app.checks].join(' ')
  const ready = `/usr/bin/perl /usr/local/lib/copse/ready.pl ${asked}`
  return `[Unit]
Description=app ${app.name}, process ${process.name}, instance %i
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
User=${accountOf(app)}
WorkingDirectory=/srv/apps/${app.name}/current/app
EnvironmentFile=/srv/apps/${app.name}/current/env
EnvironmentFile=/srv/apps/${app.name}/current/about
Environment=HOST=${host.address} NODE_EXTRA_CA_CERTS=/etc/copse/tls/ca.crt
ExecStart=/bin/sh /usr/local/lib/copse/apps/${unitOfProcess(app, process)} %i
${isWeb ? `ExecStartPost=${ready}\n` : ''}TimeoutStartSec=30
TimeoutStopSec=${app.drain + 1}
Restart=always
RestartSec=1
SyslogIdentifier=${unitOfProcess(app, process)}
LogExtraFields=APP=${app.name}
LogExtraFields=INSTANCE=%i
NoNewPrivileges=yes
CapabilityBoundingSet=
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictRealtime=yes
LockPersonality=yes
SystemCallArchitectures=native
UMask=0077
${app.memory === undefined ? '' : `MemoryMax=${app.memory}M\n`}
[Install]
WantedBy=multi-user.target
`
}

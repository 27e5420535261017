/** What only some hosts can do for an app: a view of the file system of its own. Each host is asked once whether it can. */
import { type App, command, directory, type ResourceList, unitOfProcess } from 'copse'

/** Lines of a unit that need a mount namespace. */
const settings = [
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectProc=invisible',
  'ProtectKernelTunables=yes',
  'ProtectControlGroups=yes',
  'InaccessiblePaths=-/etc/copse/postgres -/var/lib/copse',
]

/** Where a host cannot, the file says so, and the units go without. */
export function sandbox(app: App): ResourceList {
  return app.processes.map((process) => {
    const folder = `/etc/systemd/system/${unitOfProcess(app, process)}@.service.d`
    const path = `${folder}/sandbox.conf`
    return [
      directory(folder),
      command(script(path), { name: `sandbox of ${unitOfProcess(app, process)}`, creates: path }),
    ]
  })
}

function script(path: string): string {
  const asked = settings.map((line) => `-p '${line}'`).join(' ')
  return `if systemd-run --quiet --wait --collect --pipe ${asked} /bin/true; then
  text='[Service]
${settings.join('\n')}'
else
  text='# This host cannot give a service a view of its own of the file system.'
fi
printf '%s\\n' "$text" >${path}.new
mv ${path}.new ${path}
systemctl daemon-reload`
}

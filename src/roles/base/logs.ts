/** A host's own journal, brought line for line to where the environment keeps all of them. */
import {
  directory,
  type Environment,
  file,
  type Host,
  hostsWithRole,
  type ResourceList,
  sysctl,
  unit,
} from 'copse'
import { authority, serverCertificate, tlsOf } from '../tls.ts'

/** Where journals are kept; undefined where nobody keeps them, or this host sends none. */
export function logKeeper(isWanted: boolean, environment: Environment): Host | undefined {
  return isWanted ? hostsWithRole(environment, 'logs')[0] : undefined
}

/** The endpoint that journals are brought to. */
export function doorOf(keeper: Host): string {
  return `${keeper.name}.journal`
}

const countPath = '/usr/local/lib/copse/unsent-lines'

/**
 * How often the kernel sends again what nobody acknowledges before it gives a connection up: for 102 s. By default it is a
 * quarter of an hour, with two minutes between the last tries: so long the lines of a host would wait once a server that had
 * gone is there again.
 */
const retries = sysctl('net.ipv4.tcp_retries2', 8)

/**
 * It needs the package systemd-journal-remote. What is not acknowledged is sent again; until then it waits in the journal
 * itself, so that nothing else on the host waits. Lines that its bound pushes out before they could be sent are counted.
 */
export function upload(keeper: Host, host: Host): ResourceList {
  const { certificate } = tlsOf('journal')
  return [
    serverCertificate('journal', host),
    retries,
    directory('/usr/local/lib/copse'),
    file(countPath, { source: './unsent-lines.pl', mode: 0o755 }),
    unit('systemd-journal-upload', { dropIn: uploadService(keeper), restartOn: [certificate, countPath] }),
  ]
}

/**
 * The uploader ends when it cannot reach the server, and Debian's own unit gives up on it after a few seconds. It is begun
 * again for as long as it takes, with one line for each try, which must not fill the journal while the server is away. What
 * the uploader tells systemd would end the unit with it.
 */
function uploadService(keeper: Host): string {
  const { certificate, key } = tlsOf('journal')
  const { port = 19_532 } =
    keeper.endpoints.find(({ role, name }) => role === 'logs' && name === 'journal') ?? {}
  const options = [
    '--save-state',
    `--url=https://${keeper.fqdn}:${port}`,
    ...['key', 'cert', 'trust'].map((name) => `--${name}=$$CREDENTIALS_DIRECTORY/${name}`),
  ]
  const loop = `while :; do ${countPath}; /usr/lib/systemd/systemd-journal-upload ${options.join(' ')}; sleep 5; done`
  return `[Service]
LoadCredential=key:${key}
LoadCredential=cert:${certificate}
LoadCredential=trust:${authority}
ExecStart=
ExecStart=/bin/sh -c '${loop}'
NotifyAccess=none
WatchdogSec=0
Restart=always
RestartSec=5
`
}

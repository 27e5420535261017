/** The way in: HAProxy asks every host for its certificate, and leads it to the receiver of the host that it proves. */
import { commonNameOf, directory, file, type Host, mask, type ResourceList, unit } from 'copse'
import { hardened } from '../hardened.ts'
import { authority, tlsOf } from '../tls.ts'
import { socketOf } from './intake.ts'

const home = '/etc/copse/logs'
const confPath = `${home}/haproxy.cfg`

export interface DoorSettings {
  readonly port: number
  readonly clients: readonly Pick<Host, 'name' | 'machine' | 'fqdn'>[]
}

/** Debian's journal-remote takes no notice of certificates (it is built without GnuTLS), so it is never asked directly. */
export function door(host: Host, settings: DoorSettings): ResourceList {
  return [
    // What the package starts by itself is not ours.
    mask('haproxy', { unlessWanted: true }),
    directory(home),
    file(confPath, { content: doorCfg(host.address, settings), validate: 'haproxy -c -q -f %s' }),
    unit('copse-logs', { file: service, reloadOn: [confPath, tlsOf('logs').certificate] }),
  ]
}

/** Pure. Quiet connections stay: an uploader that has nothing to say keeps its own. */
export function doorCfg(address: string, { port, clients }: DoorSettings): string {
  return `global
  log stdout format raw daemon
  ssl-default-bind-options ssl-min-ver TLSv1.2

defaults
  mode tcp
  log global
  option tcplog
  # Who comes and goes is no news; who was turned away is.
  option dontlog-normal
  option clitcpka
  timeout connect 5s
  timeout client 12h
  timeout server 12h
  timeout client-fin 1m

frontend journals
  bind ${address}:${port} ssl crt ${tlsOf('logs').pem} ca-file ${authority} verify required
${clients.map((client) => `  use_backend ${client.name} if { ssl_c_s_dn(cn) -m str ${commonNameOf(client)} }`).join('\n')}

${clients.map(({ name }) => `backend ${name}\n  server receiver unix@${socketOf(name)}`).join('\n\n')}
`
}

const service = `[Unit]
Description=Lets hosts bring their journals, each by its certificate
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
User=haproxy
ExecStart=/usr/sbin/haproxy -Ws -f ${confPath}
ExecReload=/usr/sbin/haproxy -c -q -f ${confPath}
ExecReload=/bin/kill -USR2 $MAINPID
KillMode=mixed
SuccessExitStatus=143
Restart=always
RestartSec=1
${hardened}
RestrictAddressFamilies=AF_INET AF_UNIX
RestrictNamespaces=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
`

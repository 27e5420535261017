/** The files that a machine is given before its first boot: who it is, where it is, and who may enter. Pure. */
import type { Environment, Host } from '../../model/environment.ts'
import { identityText } from '../../model/identity.ts'
import { hostsFile } from '../../roles/base/hosts-file.ts'

export interface GuestFile {
  readonly path: (typeof guestPaths)[number]
  readonly text: string
}

/** What tells one machine from every other. */
export interface Credentials {
  readonly uuid: string
  /** The machine's own key pair, in OpenSSH's formats. */
  readonly hostKey: KeyPair
  /** The public key of the operator. */
  readonly operatorKey: string
}

export interface KeyPair {
  readonly private: string
  /** `ssh-ed25519 AAAA...`, one line without a newline. */
  readonly public: string
}

/** What opens a machine to copse itself. */
export const operatorKeysFile = '/root/.ssh/authorized_keys'

/** The unit that gives a machine its address; templates have it enabled. */
export const networkUnit = '/etc/systemd/system/copse-network.service'

const hostKeyFile = '/etc/ssh/ssh_host_ed25519_key'

/** All of them, which is part of what templates and golden images are. */
export const guestPaths = [
  '/etc/hostname',
  '/etc/hosts',
  networkUnit,
  '/etc/resolv.conf',
  operatorKeysFile,
  hostKeyFile,
  `${hostKeyFile}.pub`,
  '/var/lib/copse/identity',
] as const

/** Those that only root may read: they are there, empty, before a machine is given its own. */
export const rootsOnly = [operatorKeysFile, hostKeyFile] as const

export function guestFiles(
  environment: Environment,
  host: Host,
  credentials: Credentials,
): readonly GuestFile[] {
  const { hostKey, operatorKey, uuid } = credentials
  return [
    { path: '/etc/hostname', text: `${host.machine}\n` },
    // What the base role wants too. Without a machine's own name in here sudo and some daemons stall.
    { path: '/etc/hosts', text: hostsFile(environment) },
    { path: networkUnit, text: network(environment, host) },
    { path: '/etc/resolv.conf', text: resolvConf(environment) },
    { path: operatorKeysFile, text: `${operatorKey}\n` },
    { path: hostKeyFile, text: hostKey.private },
    { path: `${hostKeyFile}.pub`, text: `${hostKey.public}\n` },
    { path: '/var/lib/copse/identity', text: identityText(environment, host, uuid) },
  ]
}

/** One process; ifupdown starts two dozen for the same, and is a quarter of a boot. What can be replaced can be run again. */
function network({ subnet, gateway }: Environment, { address }: Host): string {
  return `[Unit]
Description=Address of this machine
DefaultDependencies=no
Wants=network.target
After=network-pre.target
Before=network.target network-online.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
StandardInput=data
StandardInputText=address replace ${address}/${subnet.split('/')[1]} broadcast + dev eth0
StandardInputText=link set eth0 up
StandardInputText=route replace default via ${gateway}
ExecStart=ip -batch -
`
}

function resolvConf({ domain, resolvers }: Environment): string {
  return `search ${domain}\n${resolvers.map((address) => `nameserver ${address}\n`).join('')}`
}

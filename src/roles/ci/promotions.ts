/**
 * Green builds go from the CI host of one environment to that of another: by a key that opens one program there, which takes
 * in what was built and has it deployed. Neither side knows a secret of the other.
 */
import {
  directory,
  type Environment,
  file,
  type Host,
  pkgs,
  probe,
  type ResourceList,
  type SecretReference,
  secret,
  sshPrivateKeyOf,
  unit,
  user,
} from 'copse'
import type { Job } from './jobs.ts'
import { type OwnStep, publishStep, stepFor, verifyStep } from './rebuild.ts'

/** Where builds are taken in. */
export const promotionsPort = 8422

/** The job that deploys what was taken in; `accept.pl` starts it. */
export const promotionName = 'promotion'

const account = 'copse-promotions'
const home = `/var/lib/${account}`
const programs = '/usr/local/lib/copse/ci'
const confPath = '/etc/copse/ci'
const keyPath = `${confPath}/promotion-key`
const sshdPath = `${confPath}/promotions.conf`
const acceptedPath = `${confPath}/accepted-keys`

/** What an environment shows to others, whichever side it is on: a key pair follows from it. */
export function promotionSecret(): SecretReference {
  return secret('ci-promotion', { generate: 43 })
}

type Apart = Pick<Environment, 'apps' | 'promotes' | 'accepts'>

const sends = ({ apps, promotes }: Apart) => apps.length > 0 && promotes !== undefined

/** Are builds of other environments taken in and deployed here? */
export function takesIn({ apps, accepts }: Apart, { deploys }: Pick<Host, 'deploys'>): boolean {
  return apps.length > 0 && accepts !== undefined && deploys === true
}

/** It needs the directories of the master's programs and settings, and the agent. */
export function promotions(environment: Environment, host: Host): ResourceList {
  const isReceiver = takesIn(environment, host)
  if (!sends(environment) && !isReceiver) return []
  return [
    file(keyPath, { content: sshPrivateKeyOf(promotionSecret()) }),
    sends(environment) ? sender(environment) : [],
    isReceiver ? receiver(environment.accepts ?? []) : [],
  ]
}

/** Where green builds go, by branch, with the name that the host key stands under. */
export function targetsOf({ promotes = {} }: Pick<Environment, 'promotes'>) {
  return Object.entries(promotes).map(([branch, to], index) => {
    const alias = `promotion-${index + 1}`
    return { ...to, branch, alias }
  })
}

function sender(environment: Environment): ResourceList {
  const known = targetsOf(environment).map(({ alias, hostKey }) => `${alias} ${hostKey}\n`)
  return [
    pkgs('openssh-client'),
    file(`${confPath}/promotion-hosts`, { content: known.join('') }),
    file(`${programs}/promote`, { source: './host/promote.pl' }),
  ]
}

/** An SSH server of its own, which lets in nobody else and does nothing else: the host's own stays closed to strangers. */
function receiver(accepted: readonly string[]): ResourceList {
  const keys = file(acceptedPath, { content: accepted.map((key) => `restrict ${key}\n`).join('') })
  const conf = file(sshdPath, { content: sshdConf })
  return [
    pkgs('openssh-server', 'sudo', 'zstd'),
    directory('/srv/artifacts/promotions'),
    file(`${programs}/accept`, { source: './host/accept.pl', mode: 0o755 }),
    user(account, { system: true, home, shell: '/bin/sh', comment: 'builds from elsewhere' }),
    // Root's: whatever runs there could let nobody in.
    directory(home),
    file(`/etc/sudoers.d/${account}`, { content: sudoers, mode: 0o440, validate: 'visudo -cqf %s' }),
    keys,
    conf,
    unit('ci-promotions', { file: service, restartOn: [conf, keyPath] }),
  ]
}

/** Two quotes stand for no argument at all; what comes in is passed on as it is, without a terminal between. */
const sudoers = `Defaults:${account} env_keep += "SSH_ORIGINAL_COMMAND", !use_pty
${account} ALL=(root) NOPASSWD: ${programs}/accept ""
`

const sshdConf = `Port ${promotionsPort}
AddressFamily inet
HostKey ${keyPath}
PidFile none
LogLevel INFO
UsePAM yes
AllowUsers ${account}
AuthorizedKeysFile ${acceptedPath}
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
ForceCommand /usr/bin/sudo -n ${programs}/accept
DisableForwarding yes
PermitTTY no
PermitUserRC no
MaxSessions 1
MaxAuthTries 3
MaxStartups 4:50:16
LoginGraceTime 20
ClientAliveInterval 15
ClientAliveCountMax 8
`

/** Its directory is that of the host's own server; what is being taken in outlives a restart. */
const service = `[Unit]
Description=Takes in builds from other environments
After=network.target

[Service]
ExecStart=/usr/sbin/sshd -D -e -f ${sshdPath}
KillMode=process
Restart=always
RestartSec=2
RuntimeDirectory=sshd
RuntimeDirectoryMode=0755
RuntimeDirectoryPreserve=yes

[Install]
WantedBy=multi-user.target
`

/** Out to the other environment; and in, where no box stands before the host, whose published port would be the way. */
export function promotionFlows(environment: Environment, host: Host) {
  const ports = sends(environment) ? targetsOf(environment).map(({ port }) => port) : []
  const isOpen = takesIn(environment, host) && environment.provider.provider === 'existing'
  return [
    ...[...new Set(ports)].map((port) => ({ from: host.name, to: `internet.tcp-${port}` })),
    ...(isOpen ? [{ from: 'internet', to: `${host.name}.promotions` }] : []),
  ]
}

export function promotionProbes(environment: Environment, host: Host) {
  return takesIn(environment, host) ? [probe.unit(host, 'ci-promotions')] : []
}

/** Deploys what was taken in of a commit, all apps of it, and tells of it with the tests that came along. */
export function promotionJob(
  apps: readonly Pick<Environment['apps'][number], 'name' | 'hosts'>[],
): Job<OwnStep> {
  const run = apps.filter(({ hosts }) => hosts.length > 0)
  return {
    name: promotionName,
    steps: [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
      { name: 'checkout', run: 'ci-do accepted "${CI_COMMIT:--}"', tells: true },
      ...run.map(({ name }) => stepFor('install', name)),
      ...run.map(({ name }) => verifyStep(name)),
      publishStep(promotionName),
    ],
    onChange: false,
  }
}

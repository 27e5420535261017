/**
 * What hosts that roll apps out may have done on other hosts: their key opens one account there, which runs one program with
 * fixed verbs, and nothing else.
 */
import {
  type App,
  directory,
  type Environment,
  file,
  type Host,
  pkg,
  type ResourceList,
  type SecretReference,
  secret,
  secretText,
  sshPublicKeyOf,
  user,
} from 'copse'
import { namesAt } from './haproxy-backends.ts'

/** Also the name by which it is logged. */
export const deployAccount = 'copse-deploy'

const home = `/var/lib/${deployAccount}`
const programs = '/usr/local/lib/copse'
const program = `${programs}/deploy-verb`

/** The key pair follows from it. */
export function deploySecret(): SecretReference {
  return secret('ci-deploy', { generate: 43 })
}

/** Hosts that roll apps out, where there is anything to roll out. */
export function deployersOf({ hosts, apps }: Environment): readonly Host[] {
  return apps.length > 0 ? hosts.filter(({ deploys }) => deploys) : []
}

/** The balancers that send an app requests, by a name that both have. */
export function frontsOf({ hosts }: Environment, app: App): readonly Host[] {
  return hosts.filter(
    (host) => app.hosts.length > 0 && host.roles.includes('balancer') && namesAt(app, host).length > 0,
  )
}

/** Hosts that the key opens. */
export function openedHosts(environment: Environment): readonly Host[] {
  return environment.hosts.filter((host) => verbsOf(environment, host) !== '')
}

/** What the program may be asked about: a line for each app of the host, and for each host and app that it balances. */
export function verbsOf(environment: Environment, host: Host): string {
  if (deployersOf(environment).length === 0) return ''
  return environment.apps
    .flatMap((app) => [
      ...(app.hosts.includes(host.name) ? [`runs ${app.name}\n`] : []),
      ...(frontsOf(environment, app).some(({ name }) => name === host.name)
        ? app.hosts.map((name) => `balances ${name} ${app.name}\n`)
        : []),
    ])
    .join('')
}

/** For every host with an app or a balancer, whichever role asks; nothing where the key opens nothing. */
export function deployKey(environment: Environment, host: Host): ResourceList {
  const verbs = verbsOf(environment, host)
  if (verbs === '') return []
  const from = deployersOf(environment).map(({ address }) => address)
  const options = `restrict,from="${from.join(',')}",command="/usr/bin/sudo -n ${program}"`
  return [
    pkg('sudo'),
    directory(programs),
    file(program, { source: './deploy-key/deploy-verb.pl', mode: 0o755 }),
    file('/etc/copse/deploy-verbs', { content: verbs }),
    user(deployAccount, { system: true, home, shell: '/bin/sh', comment: 'rollouts by the CI host' }),
    // The key that opens the account is root's, so that whatever runs there could add none.
    directory(home),
    directory(`${home}/.ssh`),
    file(`/etc/sudoers.d/${deployAccount}`, {
      content: sudoers,
      mode: 0o440,
      validate: 'visudo -cqf %s',
    }),
    file(`${home}/.ssh/authorized_keys`, {
      content: secretText`${options} ${sshPublicKeyOf(deploySecret())}\n`,
      // sshd reads it as the account.
      mode: 0o644,
    }),
  ]
}

/** Two quotes stand for no argument at all. */
const sudoers = `Defaults:${deployAccount} env_keep += "SSH_ORIGINAL_COMMAND"
${deployAccount} ALL=(root) NOPASSWD: ${program} ""
`

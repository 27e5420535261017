/** How the CI host rolls apps out: a program, the key that other hosts let in for it, and the table of who runs what. */
import { type Environment, file, type Host, pkg, type ResourceList, sshPrivateKeyOf } from 'copse'
import { deploySecret, frontsOf, openedHosts } from '../deploy-key.ts'

const confPath = '/etc/copse/ci'

/** It needs the directory of the master's settings; nothing where the host may not, or there is nothing to roll out. */
export function rollout(environment: Environment, host: Host): ResourceList {
  if (!host.deploys || openedHosts(environment).length === 0) return []
  return [
    pkg('openssh-client'),
    file(`${confPath}/deploy-key`, { content: sshPrivateKeyOf(deploySecret()) }),
    file(`${confPath}/rollout`, { content: rolloutTable(environment) }),
    file('/usr/local/lib/copse/ci/rollout', { source: './host/rollout.pl' }),
  ]
}

/** Its way to them. */
export function rolloutFlows(environment: Environment, { name, deploys }: Host) {
  return deploys ? openedHosts(environment).map((to) => ({ from: name, to: `${to.name}.ssh` })) : []
}

/** A line for each host with its address and the name that its key is pinned under, then for each app its hosts and balancers. */
export function rolloutTable(environment: Environment): string {
  const apps = environment.apps.filter(({ hosts }) => hosts.length > 0)
  const lines = [
    ...openedHosts(environment).map(({ name, address, fqdn }) => ['host', name, address, fqdn]),
    ...apps.map(({ name, hosts }) => ['app', name, ...hosts]),
    ...apps.map((app) => ['balancers', app.name, ...frontsOf(environment, app).map(({ name }) => name)]),
  ]
  return lines.map((words) => `${words.join(' ')}\n`).join('')
}

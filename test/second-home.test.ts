/** Staging and production of the office are what development is, somewhere else. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadConfig } from '../src/config/load.ts'
import type { Desired } from '../src/model/desired.ts'

const file = new URL('../examples/office/copse.config.ts', import.meta.url).pathname

/** Roles, resources and probes of each host by what they are, without the names and addresses of the environment. */
async function contentOf(name: string) {
  const desired = await loadConfig(file, name, { deadline: 60_000 })
  // Without a prefix the name of a machine is that of its host, which is asked for in any case.
  const distinct = (texts: readonly string[]) =>
    [...new Set(texts.map((text) => neutral(desired, text)))].sort()
  return desired.hosts.map(({ host, resources, probes }) => ({
    host: host.name,
    roles: host.roles,
    resources: distinct(resources.map(({ kind, key }) => `${kind} ${key}`)),
    probes: distinct(
      probes.map(({ name, from, to, expect: how }) => JSON.stringify({ name, from, to, how })),
    ),
  }))
}

function neutral({ environment: { domain, subnet, hosts } }: Desired, text: string): string {
  const network = subnet.split('.').slice(0, 3)
  return hosts
    .reduce((some, { machine, name }) => some.replaceAll(machine, name), text)
    .replaceAll(domain, 'DOMAIN')
    .replaceAll(network.join('.'), 'NETWORK')
    .replaceAll(network.toReversed().join('.'), 'KROWTEN')
}

/** Machines on a box take their time from that. */
const ofServers = [
  'package chrony',
  'file /etc/systemd/system/chrony.service.d/copse.conf',
  'command start chrony',
]

test.each(['staging', 'prod'])(
  '%s has the roles, resources and probes of dev, and a clock of its own',
  async (name) => {
    const [dev, other] = await Promise.all([contentOf('dev'), contentOf(name)])
    const without = other.map((host) => ({
      ...host,
      resources: host.resources.filter((resource) => !ofServers.includes(resource)),
    }))
    expect(without).toEqual(dev)
    for (const { resources } of other) expect(resources).toEqual(expect.arrayContaining(ofServers))
  },
)

test('what differs between the environments takes less than 30 lines', () => {
  const [, block = ''] = /^ {2}environments: \{\n(.*?)^ {2}\},$/ms.exec(readFileSync(file, 'utf8')) ?? []
  const lines = block.split('\n')
  expect(lines.length).toBeGreaterThan(10)
  expect(lines.length).toBeLessThan(30)
})

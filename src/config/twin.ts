/** The same environment under another identity: what roles make alike for both holds nothing of either. Pure. */
import { digestOf } from '../lib/digest.ts'
import type { Environment, Host } from '../model/environment.ts'
import type { Resource } from '../model/resource.ts'

/** Nobody's key: all of its bits are zero. */
const nobody = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)} nobody`

/**
 * Every host, address, domain and key is another; settings, roles and endpoints are the same, and hosts keep their order.
 * So are further names of hosts, since settings speak of them: in full they are others by their domain.
 */
export function twinOf(environment: Environment): Environment {
  const names = new Set(environment.hosts.map(({ name }) => name))
  const renamed = (word: string) => (names.has(word) ? other(word) : word)
  const prefix = other(environment.prefix)
  const domain = `${other('twin')}.${environment.domain}`
  return {
    ...environment,
    ecosystem: other(environment.ecosystem),
    name: other(environment.name),
    prefix,
    domain,
    subnet: elsewhere(environment.subnet),
    gateway: elsewhere(environment.gateway),
    resolvers: environment.resolvers.map(elsewhere),
    operators: environment.operators.map(elsewhere),
    hosts: environment.hosts.map((host) => twinHost(host, { prefix, domain, renamed })),
    // What their processes find names hosts in many ways.
    apps: environment.apps.map((app) => ({
      ...app,
      hosts: app.hosts.map(other),
      names: app.names.map(renamed),
      uses: app.uses.map((door) => door.replace(/^[^.]+/, renamed)),
      variables: {},
    })),
    // They name hosts; whatever is made of them is not common.
    flows: [],
    publish: [],
    people: environment.people.map(({ name }) => ({ name: other(name), keys: [nobody], recipients: [] })),
  }
}

interface Names {
  readonly prefix: string
  readonly domain: string
  renamed(word: string): string
}

function twinHost(host: Host, { prefix, domain, renamed }: Names): Host {
  const machine = `${prefix}${other(host.name)}`
  return {
    ...host,
    name: other(host.name),
    machine,
    fqdn: `${machine}.${domain}`,
    address: elsewhere(host.address),
    names: host.names.map(renamed),
    after: host.after.map(renamed),
  }
}

function other(word: string): string {
  return `${word}z`
}

/** The first number of an address or subnet, by one bit. */
function elsewhere(address: string): string {
  return address.replace(/^\d+/, (octet) => String(Number(octet) ^ 1))
}

/** The ids, `kind key`, of the resources that are the same in both lists. */
export function alike(own: readonly Resource[], twins: readonly Resource[]): readonly string[] {
  const digests = new Map(twins.map((resource) => [idOf(resource), digestOf(resource.spec)]))
  return own.filter((resource) => digests.get(idOf(resource)) === digestOf(resource.spec)).map(idOf)
}

function idOf({ kind, key }: Resource): string {
  return `${kind} ${key}`
}

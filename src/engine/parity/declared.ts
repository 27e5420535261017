/** What the definition says of an environment, as facts. Pure. */
import { digestOf } from '../../lib/digest.ts'
import type { FactName } from '../../model/allowance.ts'
import type { App } from '../../model/app.ts'
import type { Desired, DesiredHost } from '../../model/desired.ts'
import type { Acme, Environment, Host, Person } from '../../model/environment.ts'
import type { ProviderSpec } from '../../model/provider.ts'
import type { Resource } from '../../model/resource.ts'
import type { SecretText } from '../../model/secret.ts'
import type { Fact } from './fact.ts'
import { type Names, namesOf, neutralise } from './neutral.ts'

/** Of the whole environment: its own settings, its apps, and who may use what. */
export function settingFacts({ environment }: Desired): readonly Fact[] {
  const names = namesOf(environment)
  const { prefix, domain, subnet, provider, resolvers, operators, secrets, alert, acme } = environment
  const neutral = (values: readonly string[]) => values.map((value) => neutralise(value, names)).join(', ')
  return [
    declared('setting', 'machines', machinesOf(provider)),
    declared('setting', 'subnet', subnet),
    declared('setting', 'domain', domain),
    declared('setting', 'prefix', prefix),
    declared('setting', 'resolvers', neutral(resolvers)),
    declared('setting', 'operators', neutral(operators)),
    declared('setting', 'protected', String(environment.protected)),
    declared('setting', 'secrets', secrets),
    declared(
      'setting',
      'alert',
      Object.keys(alert ?? {})
        .sort()
        .join(', ') || 'nobody',
    ),
    declared('setting', 'acme', acme ? acmeOf(acme) : 'nobody'),
    declared(
      'setting',
      'promotes',
      Object.keys(environment.promotes ?? {})
        .sort()
        .join(', ') || 'nothing',
    ),
    declared('setting', 'accepts', `${environment.accepts?.length ?? 0} keys`),
    ...Object.entries(environment.variables).map(([name, value]) =>
      declared('setting', `variables.${name}`, neutralise(String(value), names)),
    ),
    ...environment.people.map((person) => declared('setting', `people ${person.name}`, keysOf(person))),
    ...environment.flows.map(({ from, to }) => declared('setting', `flow ${from} to ${to}`, 'open')),
    ...environment.apps.flatMap((app) => appFacts(app, names)),
  ]
}

/** Each environment has its own: that they differ is what makes them two. */
export const ownSettings: readonly string[] = ['subnet', 'domain', 'prefix']

/** Of one host: what it is given, and every resource by the digest of what is wanted of it. `rename` is done to that first. */
export function hostFacts(
  { environment }: Pick<Desired, 'environment'>,
  { host, resources }: DesiredHost,
  rename: (text: string) => string = (text) => text,
): readonly Fact[] {
  const names = namesOf(environment)
  const wanted = ({ spec }: Resource) =>
    digestOf(neutralise(rename(JSON.stringify(spec)), names)).slice(0, 12)
  return [
    declared('host', 'roles', host.roles.join(', ')),
    declared('host', 'debian', String(host.debian)),
    declared('host', 'cpu', String(host.limits.cpu ?? 'no limit')),
    declared('host', 'memory', host.limits.memory === undefined ? 'no limit' : `${host.limits.memory} MiB`),
    declared('host', 'names', host.names.join(', ')),
    declared('host', 'address', `${offsetOf(host, environment)}`),
    ...host.volumes.map(({ name, path }) => declared('host', `volume ${name}`, path)),
    ...resources.map((resource) =>
      declared('resource', `${resource.kind} ${neutralise(resource.key, names)}`, wanted(resource)),
    ),
  ]
}

function declared(name: FactName, key: string, value: string): Fact {
  return { name, key, value, follows: [] }
}

function machinesOf(provider: ProviderSpec): string {
  if (provider.provider === 'existing') return 'existing'
  return typeof provider.box === 'string' ? 'incus, local box' : `incus, box ${provider.box.ssh}`
}

/** The authority by its URL; what verifies that by digest. */
function acmeOf({ directory, email, authority }: Acme): string {
  const known = authority === undefined ? [] : [digestOf(authority).slice(0, 12)]
  return [directory, email, ...known].join(', ')
}

/** By fingerprint: who has another key is somebody else. */
function keysOf({ keys }: Person): string {
  const blobs = keys.map((key) => /AAAA\S+/.exec(key)?.[0] ?? key).sort()
  return `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}, ${digestOf(blobs).slice(0, 12)}`
}

function offsetOf({ address }: Host, { subnet }: Environment): number {
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  return number(address) - number(subnet.replace(/\/.*/, ''))
}

function appFacts(app: App, names: Names): readonly Fact[] {
  const { name, hosts, processes, memory, variables } = app
  return [
    declared('setting', `app ${name} hosts`, hosts.join(', ')),
    declared('setting', `app ${name} memory`, memory === undefined ? 'no limit' : `${memory} MiB`),
    ...processes.map((one) =>
      declared('setting', `app ${name} ${one.name}`, `${one.instances} × ${one.run}`),
    ),
    ...Object.entries(variables).map(([variable, text]) =>
      declared('setting', `app ${name} ${variable}`, shownText(text, names)),
    ),
  ]
}

/** Secrets by their names. */
function shownText({ parts }: SecretText, names: Names): string {
  const shown = parts.map((part) => (typeof part === 'string' ? part : `<secret ${part.secret}>`))
  return neutralise(shown.join(''), names)
}

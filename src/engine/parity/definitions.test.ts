import { readFileSync } from 'node:fs'
import {
  allow,
  balancer,
  base,
  dns,
  type EnvironmentDefinition,
  existing,
  file,
  flow,
  incus,
  web,
} from 'copse'
import { expect, test } from 'vitest'
import { desireEach } from '../../config/desire-each.ts'
import type { Desired } from '../../model/desired.ts'
import { comparePlace } from './compare.ts'
import {
  hostDefinitionReasoning,
  hostSides,
  oneSided,
  settingReasoning,
  settingSides,
} from './definitions.ts'

const place = { file: '/office/copse.config.ts', line: 1, column: 1 }
const dev = {
  machines: incus({ box: 'local' }),
  subnet: '10.61.0.0/24',
  domain: 'office.internal',
  prefix: 'dev',
}
const prod = { ...dev, subnet: '10.63.0.0/24', domain: 'office.example', prefix: 'prod' }

/** A definition of these two, with a file that tells what its environment is like. */
function definitions(
  a: EnvironmentDefinition,
  b: EnvironmentDefinition,
  text: (environment: { name: string; variables: object }) => string,
) {
  const hosts = {
    dns: { at: 21, roles: [dns()] },
    lb: { at: 20, roles: [balancer()], names: ['www'] },
    web: {
      at: [24, 25],
      roles: [web()],
      resources: ({ environment }: { environment: Desired['environment'] }) => [
        file('/etc/mine', { content: text(environment) }),
      ],
    },
  }
  const flows = [flow('internet', 'lb.http')]
  const definition = { name: 'office', environments: { dev: a, prod: b }, hosts, flows }
  const wish = (only: string, as?: string): Desired => {
    const made = desireEach({ definition, place }, [base()], {
      file: place.file,
      read: (path) => readFileSync(path),
      only,
      as,
    })
    expect(made.problems).toEqual([])
    return made.desired[0] ?? expect.fail(`no ${only}`)
  }
  return { a: wish('dev'), b: wish('prod'), bAsA: wish('prod', 'dev') }
}

function told(
  a: EnvironmentDefinition,
  b: EnvironmentDefinition,
  text: Parameters<typeof definitions>[2] = () => 'x',
) {
  const made = definitions(a, b, text)
  const whole = comparePlace(settingSides(made), [], settingReasoning(made))
  const hosts = made.a.environment.hosts.map((host) =>
    comparePlace({ host, ...hostSides(made, host.name) }, [], hostDefinitionReasoning(made, host.name)),
  )
  const differences = [whole, ...hosts].flatMap((one) => one.differences)
  return {
    differences,
    lines: differences.map(({ kind, host, name, key }) =>
      [kind, host, name, key].join(' ').replaceAll('  ', ' '),
    ),
  }
}

test('two environments that have only their own network and names differ in nothing else, in no file of any role', () => {
  expect(told(dev, prod).lines).toEqual([
    'explained setting subnet',
    'explained setting domain',
    'explained setting prefix',
    'explained dns resource file /etc/unbound/zones/0.61.10.in-addr.arpa',
    'explained dns resource file /etc/unbound/zones/0.63.10.in-addr.arpa',
  ])
})

test('a host, a variable and what follows from them are explained by the config', () => {
  const { lines } = told(
    dev,
    { ...prod, counts: { web: 1 }, variables: { level: 'high' } },
    ({ variables }) => JSON.stringify(variables),
  )
  expect(lines).toContain('explained host web2')
  expect(lines).toContain('explained setting variables.level')
  expect(lines.filter((line) => line.startsWith('undeclared'))).toEqual([])
})

test('what comes of the name of an environment alone is undeclared', () => {
  const { lines } = told(dev, prod, ({ name }) => (name === 'prod' ? 'cached' : 'fresh'))
  expect(lines.filter((line) => line.startsWith('undeclared'))).toEqual([
    'undeclared web1 resource file /etc/mine',
    'undeclared web2 resource file /etc/mine',
  ])
})

test('a text that only holds the name of its environment is the same', () => {
  const { lines } = told(dev, prod, ({ name }) => `I am ${name}\n`)
  expect(lines.filter((line) => line.includes('/etc/mine'))).toEqual([])
})

test('what one provider alone needs is known as wanted on one side', () => {
  const { differences } = told(dev, { ...prod, machines: existing() })
  expect(differences.filter(({ kind }) => kind === 'undeclared')).toEqual([])
  expect(oneSided(differences.filter(({ host }) => host === 'dns'))).toContain('package chrony')
})

test('certificates by ACME are a setting, and what a host needs for them follows from that', () => {
  const { differences } = told(dev, { ...prod, domain: 'office.net', acme: { email: 'ops@office.net' } })
  expect(differences.filter(({ kind }) => kind === 'undeclared')).toEqual([])
  expect(differences.find(({ key }) => key === 'acme')).toMatchObject({
    ...{ name: 'setting', a: 'nobody', reason: 'declared in the config' },
    b: 'https://acme-v02.api.letsencrypt.org/directory, ops@office.net',
  })
  const one = [...oneSided(differences.filter(({ host }) => host === 'lb'))]
  expect(one).toEqual(
    expect.arrayContaining(['package lego', 'unit copse-acme.timer', 'file /etc/haproxy/own-names']),
  )
})

test('what is allowed is known to the environments that it is said of', () => {
  const mine = allow('it is a test', { fact: 'unit', key: 'x.service' })
  const { a, b } = definitions({ ...dev, differences: [mine] }, prod, () => '')
  expect(a.differences).toMatchObject([{ fact: 'unit', key: 'x.service', reason: 'it is a test' }])
  expect(b.differences).toEqual([])
})

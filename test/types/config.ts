/** What an editor underlines in a config: the compiler checks this file, nothing runs it. */
import { base, defineEcosystem, env, existing, file, flow, incus, link, secret, secretText, web } from 'copse'

const dev = { machines: incus({ box: 'local' }), subnet: '10.61.0.0/24', domain: 'office.internal' }
const publish = { 80: 'web1', 8080: 'web1.http', 443: { to: 'web1', from: ['203.0.113.0/24'] } }

/** Everything that there is to say, said. */
export const whole = defineEcosystem({
  name: 'office',
  environments: {
    dev: { ...dev, publish, promotes: { open: { to: 'ci.example:2222', hostKey: 'ssh-ed25519 A' } } },
    prod: {
      machines: existing({
        user: env('DEPLOY_USER', 'ops'),
        port: 2222,
        identityFile: '~/.ssh/office',
        servers: {
          web1: { address: 'a.example', user: 'root', port: 22, identityFile: 'k', hostKey: 'ssh-ed25519 A' },
        },
      }),
      subnet: '10.63.0.0/24',
      domain: 'office.example',
      prefix: 'p',
      resolvers: ['9.9.9.9'],
      counts: { web: 1 },
      variables: { level: 'info', workers: 2, debug: false },
      protected: true,
      secrets: 'repo',
      alert: { webhook: secret('chat'), command: ['logger', 'red'] },
      acme: { email: 'ops@office.example', directory: 'https://ca.example/dir', authority: 'PEM' },
      accepts: ['ssh-ed25519 A office-dev'],
    },
  },
  hosts: {
    web: {
      at: [24, 25],
      roles: [base({ operator: 'ops', monitor: false }), web()],
      names: ['www'],
      resources: ({ environment, host }) => [
        file('/etc/motd', { content: `${host.fqdn} of ${environment.name}` }),
        [link('/a', '/b')],
        file('/etc/key', { content: secret('key', { generate: 32 }), mode: 0o640 }),
        file('/etc/app.env', { content: secretText`PORT=${80}\nKEY=${secret('key')}\n` }),
      ],
      probes: [],
      debian: 12,
      limits: { cpu: 2, memory: 512 },
      volumes: { files: '/srv/files' },
    },
    lb: { at: 20, roles: [], after: ['web', 'web1'] },
  },
  flows: [flow('internet', 'web.http')],
  people: [{ name: 'ana', keys: ['ssh-ed25519 A'], environments: ['dev', 'prod'], recipients: ['age1'] }],
})

const web2 = { at: [24, 25], roles: [web()] }

defineEcosystem({
  name: 'office',
  // @ts-expect-error a group that there is not
  environments: { dev: { ...dev, counts: { wbe: 1 } } },
  hosts: { web: web2 },
})

defineEcosystem({
  name: 'office',
  environments: { dev },
  // @ts-expect-error neither a group nor a host of one
  hosts: { web: { at: 24, roles: [], after: ['wbe'] } },
})

defineEcosystem({
  name: 'office',
  environments: { dev },
  hosts: { web: web2 },
  // @ts-expect-error an environment that there is not
  people: [{ name: 'ana', keys: [], environments: ['dve'] }],
})

defineEcosystem({
  name: 'office',
  environments: { dev },
  // @ts-expect-error a misspelt setting of a host
  hosts: { web: { at: 24, roles: [], limit: { cpu: 1 } } },
})

defineEcosystem({
  name: 'office',
  // @ts-expect-error a misspelt setting of an environment
  environments: { dev: { ...dev, subent: '' } },
  hosts: { web: web2 },
})

defineEcosystem({
  name: 'office',
  environments: { dev },
  // @ts-expect-error the function that makes a role, not the role
  hosts: { web: { at: 24, roles: [web] } },
})

// @ts-expect-error no hosts
defineEcosystem({ name: 'office', environments: { dev } })

// @ts-expect-error a misspelt setting of the whole
defineEcosystem({ name: 'office', environments: { dev }, hosts: { web: web2 }, peple: [] })

// @ts-expect-error an unknown option of a role
web({ prot: 80 })

// @ts-expect-error a port in words
web({ port: '80' })

// @ts-expect-error only this box so far
incus({ box: 'cloud' })

// @ts-expect-error a misspelt setting of a server
existing({ servers: { web1: { adress: 'a' } } })

// @ts-expect-error an endpoint has a dot before it
flow('internet', 'http')

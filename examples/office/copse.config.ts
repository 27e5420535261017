/** The office: everything that its web servers need around them, in development and in production. */
import {
  app,
  backups,
  balancer,
  ci,
  defineEcosystem,
  dns,
  existing,
  flow,
  incus,
  logs,
  metrics,
  postgres,
  web,
} from 'copse'

export default defineEcosystem({
  name: 'office',

  environments: {
    dev: {
      machines: incus({ box: 'local' }),
      subnet: '10.61.0.0/24',
      domain: 'office.internal',
      prefix: 'dev',
    },
    staging: {
      machines: existing({ user: 'ops', knownHosts: './known_hosts' }),
      subnet: '10.62.0.0/24',
      domain: 'staging.office.example',
      prefix: 'stg',
      resolvers: ['10.62.0.1'],
      secrets: 'repo',
    },
    prod: {
      machines: existing({ user: 'ops', knownHosts: './known_hosts' }),
      subnet: '10.63.0.0/24',
      domain: 'office.example',
      resolvers: ['10.63.0.1'],
      secrets: 'repo',
      protected: true,
    },
  },

  hosts: {
    dns: { at: 21, roles: [dns()] },
    lb: {
      at: 20,
      roles: [balancer({ routes: { builds: 'ci.page' } })],
      names: ['www', 'cdn', 'repo', 'builds'],
    },
    log: { at: 22, roles: [logs(), metrics(), backups()] },
    ci: { at: 23, roles: [ci({ npm: true })], names: ['git'] },
    web: { at: [24, 25], roles: [web()], apps: ['www', 'repo'] }, // web1 and web2
    db: { at: 26, roles: [postgres()] },
  },

  apps: {
    repo: app({
      source: './apps/repo',
      build: ['npm ci --prefer-offline', 'npm run build', 'npm prune --omit=dev'],
      test: 'npm install --prefer-offline && npm test -- --test-reporter=junit --test-reporter-destination="$JUNIT"',
      migrate: 'node src/migrate.ts',
      processes: { web: { run: 'node src/main.ts', instances: 2 } },
      checks: ['/modules'],
      memory: 256,
      uses: ['postgres', 'statsd'],
    }),
    www: app({
      source: './apps/www',
      build: ['npm ci --prefer-offline', 'npm run build', 'npm prune --omit=dev'],
      test: 'npm install --prefer-offline && npm test -- --test-reporter=junit --test-reporter-destination="$JUNIT"',
      processes: { web: { run: 'node src/main.ts', instances: 2 } },
      checks: ['/'],
      memory: 256,
      assets: { from: 'dist/assets', name: 'cdn' },
      uses: ['repo', 'statsd'],
    }),
  },

  flows: [flow('internet', 'lb.http'), flow('internet', 'lb.https')],
})

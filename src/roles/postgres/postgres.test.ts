import { backups, type Environment, type Host, postgres, postgresClient } from 'copse'
import { expect, test } from 'vitest'
import { office, officeHost, www } from '../../../test/fixture/office.ts'

const db: Host = { ...officeHost('lb'), name: 'db', address: '10.61.0.22', roles: ['base', 'postgres'] }
const log: Host = { ...officeHost('dns'), name: 'log', roles: ['base', 'backups'] }
const door = { name: 'postgres', role: 'postgres', port: 5432, protocol: 'tcp', tls: true } as const
const keeping = { name: 'backups', role: 'backups', port: 9443, protocol: 'tcp', tls: true } as const
const withKeeper: Environment = {
  ...office,
  hosts: [...office.hosts, { ...db, endpoints: [door] }, { ...log, endpoints: [keeping] }],
  flows: [
    { from: 'web', to: 'db.postgres' },
    { from: 'db', to: 'log.backups' },
  ],
}
const role = postgres({ databases: ['repo', 'ci_runs'], clients: ['web'] })
const text = JSON.stringify(role.resources(withKeeper, db))

test('every host that a flow leads from may connect, and no other', () => {
  expect(text).toMatch(/hostssl sameuser all 10\.61\.0\.24\/32/)
  expect(text).toMatch(/hostssl sameuser all 10\.61\.0\.25\/32/)
  expect(text).not.toContain('10.61.0.20/32')
})

test('each database has a password of its own, made once', () => {
  expect(text).toContain('{"secret":"postgres-repo","generate":32}')
  expect(text).toContain('{"secret":"postgres-ci-runs","generate":32}')
})

test('dumps go to the host that keeps backups, and only where there is one', () => {
  expect(role.flows(withKeeper, db)).toContainEqual({ from: 'db', to: 'log.backups' })
  expect(role.restorable(withKeeper, db).map(({ name }) => name)).toEqual(['repo', 'ci_runs'])
  expect(role.flows(office, db)).toEqual([{ from: 'web', to: 'db.postgres' }])
  expect(role.restorable(office, db)).toEqual([])
  expect(JSON.stringify(role.resources(office, db))).not.toContain('backup.pl')
})

test('the keeper knows those who bring something, each by a password of its own', () => {
  const kept = JSON.stringify(backups().resources(withKeeper, log))
  expect(kept).toContain('{"secret":"backups-db","generate":40}')
  expect(kept).toContain('PathExistsGlob=/srv/backups/in/db/*.manifest')
  expect(kept).not.toContain('backups-web1')
})

test('a client asks the database from where it is', () => {
  const probes = postgresClient({ databases: ['repo'] }).probes(withKeeper, officeHost('web1'))
  expect(probes.map(({ name, from, to }) => [name, from, to])[0]).toEqual([
    'postgres db/repo',
    { host: 'web1' },
    'db',
  ])
})

test('the database’s certificate is red before it ends, by the port that the role was given', () => {
  const probes = postgres({ databases: ['repo'], port: 5433 }).probes(withKeeper, db)
  const spec = { port: 5433, starttls: 'postgres', name: db.fqdn, days: 7 }
  expect(probes).toContainEqual(expect.objectContaining({ kind: 'tls', spec: expect.objectContaining(spec) }))
})

test('names that mean something to PostgreSQL or to copse are refused', () => {
  for (const name of ['postgres', 'template1', 'pg_x', 'copse_drill_x', 'a-b', 'Repo', 'a__b', 'x_'])
    expect(postgres({ databases: [name] }).problems, name).toHaveLength(1)
  expect(postgres({ backup: { at: '24:00' } }).problems).toHaveLength(1)
})

test('an app that uses it has a database of its own, in all that is done with one, and finds the way there', () => {
  const repo = { ...www, name: 'content-repo', uses: ['db.postgres'] }
  const environment: Environment = { ...withKeeper, apps: [www, repo, { ...repo, name: 'repo' }] }
  const mine = postgres({ databases: ['repo'] })
  expect(mine.restorable(environment, db).map(({ name }) => name)).toEqual(['repo', 'content_repo'])
  expect(JSON.stringify(mine.resources(environment, db))).toContain('"repo\\ncontent_repo\\n"')
  expect(mine.probes(environment, db).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['postgres db/content_repo', 'postgres db/repo']),
  )
  expect(mine.offers({ app: 'content-repo', host: db, endpoint: door })).toEqual({
    PGHOST: 'devlb.office.internal',
    PGPORT: 5432,
    PGDATABASE: 'content_repo',
    PGUSER: 'content_repo',
    PGPASSWORD: { secret: 'postgres-content-repo', generate: 32 },
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: '/etc/copse/tls/ca.crt',
  })
})

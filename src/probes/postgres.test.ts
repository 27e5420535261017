import { expect, test } from 'vitest'
import { judged } from '../../test/fixture/judge.ts'
import { officeHost } from '../../test/fixture/office.ts'
import { postgresKind, postgresProbe } from './postgres.ts'

const [app, plain, stranger] = postgresProbe(officeHost('lb'), { database: 'repo', from: { host: 'web1' } })
const read = (probe: typeof app, code: number, output: string) =>
  judged(postgresKind, probe?.spec, { code, output })
const down =
  'psql: error: connection to server at "devlb" (10.61.0.20), port 5432 failed: Connection refused\n'

test('one that lets its app write, and refuses others, is asked in three ways', () => {
  expect([app, plain, stranger].map((probe) => [probe?.name, probe?.expect])).toEqual([
    ['postgres lb/repo', 'answers'],
    ['postgres lb/repo without TLS', 'closed'],
    ['postgres lb/repo with a wrong password', 'closed'],
  ])
})

test('a round trip came back over TLS and left nothing', () => {
  expect(read(app, 0, 'written and read over TLSv1.3, 0 left\n').answers).toBe(true)
  expect(read(app, 0, 'written and read over TLSv1.3, 1 left\n').answers).toBe(false)
  expect(read(app, 0, 'written and read over , 0 left\n').answers).toBe(false)
  expect(read(app, 2, down)).toEqual({ answers: false, detail: down.trim() })
})

test('only the words of the server are a refusal: one that is down proves nothing', () => {
  const noTls =
    'psql: error: ... FATAL:  pg_hba.conf rejects connection for host "10.61.0.24", no encryption\n'
  const wrong = 'psql: error: ... FATAL:  password authentication failed for user "repo"\n'
  expect(read(plain, 2, noTls).answers).toBe(false)
  expect(read(stranger, 2, wrong).answers).toBe(false)
  expect(read(plain, 2, wrong).answers).toBeUndefined()
  expect(read(plain, 2, down).answers).toBeUndefined()
  expect(
    read(stranger, 2, 'psql: error: ... FATAL:  sorry, too many clients already\n').answers,
  ).toBeUndefined()
  expect(read(plain, 0, 'written and read over , 0 left\n').answers).toBe(true)
})

test('with an authority the name of the server is checked, and no password is an argument', () => {
  const [checked] = postgresProbe(officeHost('lb'), { database: 'repo', authority: '/etc/copse/tls/ca.crt' })
  const { shell } = postgresKind.script(checked?.spec)
  expect(shell).toContain('host=devlb.office.internal')
  expect(shell).toContain('sslmode=verify-full sslrootcert=/etc/copse/tls/ca.crt')
  expect(shell).toContain('PGPASSFILE=/etc/copse/postgres/repo.pgpass')
})

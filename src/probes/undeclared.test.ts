import { expect, test } from 'vitest'
import { judged } from '../../test/fixture/judge.ts'
import { undeclaredKind, undeclaredProbe } from './undeclared.ts'

const doors = [
  { name: 'db.postgres', address: '10.61.0.26', port: 5432 },
  { name: 'web1.http', address: '10.61.0.24', port: 80 },
]
const probe = undeclaredProbe({ name: 'lb', address: '10.61.0.20' }, doors, { from: { host: 'lb' } })

test('it is named after the host that others ask about, or after the others, and is expected to be closed', () => {
  expect(probe).toMatchObject({ name: 'undeclared others', to: 'lb', expect: 'closed', isFast: false })
  expect(undeclaredProbe({ name: 'lb', address: '10.61.0.20' }, doors, { from: 'operator' }).name).toBe(
    'undeclared lb',
  )
})

test.each([
  ['closed doors', '10.61.0.26:5432 silent\n10.61.0.24:80 No route to host\n', false, '2 closed'],
  [
    'an open one',
    '10.61.0.26:5432 silent\n10.61.0.24:80 open\n',
    true,
    'open, although no flow says so: web1.http',
  ],
  ['one that was not tried', '10.61.0.26:5432 silent\n', undefined, 'not asked: 10.61.0.26:5432 silent'],
])('%s are read so', (_what, output, answers, detail) => {
  expect(judged(undeclaredKind, probe.spec, { code: 0, output })).toEqual({ answers, detail })
})

import { expect, test } from 'vitest'
import { parseObservation } from './observe.ts'

const output = `@@b identity
ecosystem=office
host=web1
@@b facts
os\tdebian 13
uptime\t12
@@b owned
link\t/etc/a\tabc
@@b kind link
/etc/a\ttarget=x%09y
@@b end
`

test('an observation is read section by section', () => {
  const { identity, facts, owned, things } = parseObservation(output, '@@b')
  expect(identity).toBe('ecosystem=office\nhost=web1\n')
  expect(facts).toEqual({ os: 'debian 13', uptime: '12' })
  expect(owned).toEqual([{ kind: 'link', key: '/etc/a', digest: 'abc' }])
  expect(things.get('link')?.get('/etc/a')?.found).toEqual({ target: 'x\ty' })
})

test('an observation that was cut off is an error, not a host without things', () => {
  expect(() => parseObservation(output.replace('@@b end\n', ''), '@@b')).toThrow('cut off')
})

test('a kind that could not look is named with what it said', () => {
  expect(() => parseObservation(output.replace('@@b kind link', '@@b failed link'), '@@b')).toThrow(
    /observing link: .*etc/,
  )
})

test('a boundary in the middle of a value does not split it', () => {
  const tricky = output.replace('target=x', 'target=@@b kind link')
  expect(parseObservation(tricky, '@@b').things.get('link')?.get('/etc/a')?.found).toEqual({
    target: '@@b kind link\ty',
  })
})

import { expect, test } from 'vitest'
import { measured, office, officeHost } from '../../../test/fixture/office.ts'
import { collectdConf, isMeasured } from './metrics.ts'

test('figures go to every host that keeps them, under the name of the host, in step with its finest ring', () => {
  const conf = collectdConf(measured, officeHost('web1'))
  expect(conf).toContain('Hostname "web1"\n')
  expect(conf).toContain('Interval 10\n')
  expect(conf.match(/ {4}Host .*/g)).toEqual(['    Host "10.61.0.22"'])
})

test('nothing is measured where nobody keeps it', () => {
  expect([isMeasured(true, office), isMeasured(true, measured), isMeasured(false, measured)]).toEqual([
    false,
    true,
    false,
  ])
})

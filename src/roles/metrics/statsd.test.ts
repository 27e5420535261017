import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { ids } from '../../../test/fixture/ids.ts'
import { statsd, statsdConf } from './statsd.ts'

test('its settings are read as StatsD reads them', () => {
  const settings: unknown = runInNewContext(`config = ${statsdConf('10.61.0.22')}`)
  expect(settings).toMatchObject({
    ...{ address: '10.61.0.22', mgmt_address: '127.0.0.1', graphiteHost: '10.61.0.22' },
    ...{
      flushInterval: 10_000,
      graphite: { legacyNamespace: false },
      deleteIdleStats: true,
      gaugesMaxTTL: 6,
    },
  })
})

test('the program comes from the package beside copse, and restarts when a part of it changes', () => {
  const list = [statsd('10.61.0.22')].flat(3)
  const main = list.find((one) => 'key' in one && one.key.endsWith('/stats.js'))
  expect(main).toMatchObject({ spec: { source: { file: expect.stringMatching(/\/statsd\/stats\.js$/) } } })
  expect(ids(list).filter((id) => id.startsWith('file /usr/local/lib/copse/statsd/'))).toHaveLength(11)
  expect(list.at(-1)).toMatchObject({
    key: 'statsd',
    spec: {
      restartOn: expect.arrayContaining([
        'file /usr/local/lib/copse/statsd/lib/set.js',
        '/etc/copse/statsd.js',
      ]),
    },
  })
})

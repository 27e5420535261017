import { expect, test } from 'vitest'
import { carbonConf, storageAggregation, storageSchemas } from './carbon.ts'

test('every series has the rings of the retention', () => {
  expect(storageSchemas('10s:2h, 1m:2d')).toBe('[all]\npattern = .*\nretentions = 10s:2h,1m:2d\n')
})

test('counts and sums are added up, extremes are kept, and seldom values are enough', () => {
  const sections = storageAggregation.split('\n\n').map((section) => section.trim().split('\n'))
  const methodOf = (series: string) => {
    const [, , factor, method] =
      sections.find(([, pattern = '']) => new RegExp(pattern.replace('pattern = ', '')).test(series)) ?? []
    expect(factor).toBe('xFilesFactor = 0')
    return method?.replace('aggregationMethod = ', '')
  }
  expect({
    count: methodOf('stats.counters.web.hits.count'),
    rate: methodOf('stats.counters.web.hits.rate'),
    upper: methodOf('stats.timers.web.ms.upper'),
    upper_90: methodOf('stats.timers.web.ms.upper_90'),
    lower: methodOf('stats.timers.web.ms.lower'),
    sum_90: methodOf('stats.timers.web.ms.sum_90'),
    mean: methodOf('stats.timers.web.ms.mean'),
    load: methodOf('hosts.web1.load.load.shortterm'),
  }).toEqual({
    ...{ count: 'sum', rate: 'average', upper: 'max', upper_90: 'max', lower: 'min', sum_90: 'sum' },
    ...{ mean: 'average', load: 'average' },
  })
})

test('lines come in on one address, and there is no other way in', () => {
  const conf = carbonConf('10.61.0.22')
  expect(conf).toContain('LINE_RECEIVER_INTERFACE = 10.61.0.22\nLINE_RECEIVER_PORT = 2003\n')
  expect(conf).toContain('CACHE_QUERY_INTERFACE = 127.0.0.1\n')
  expect(conf).toContain('ENABLE_UDP_LISTENER = False\nPICKLE_RECEIVER_PORT = 0\n')
})

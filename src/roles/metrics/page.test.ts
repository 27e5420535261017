import { expect, test } from 'vitest'
import { measured, www } from '../../../test/fixture/office.ts'
import { pages } from './page.ts'

const all = pages(measured)
const images = (page: string | undefined) =>
  [...(page ?? '').matchAll(/ src="([^"]+)"/g)].map(
    ([, source = '']) => new URL(source.replaceAll('&amp;', '&'), 'http://log'),
  )

test('each host has five graphs, each balancer three, and all probes one, for an hour, a day and a month', () => {
  expect(Object.keys(all)).toEqual(['index.html', 'day.html', 'month.html'])
  for (const page of Object.values(all)) expect(images(page)).toHaveLength(5 * 5 + 3 + 1)
  expect(images(all['day.html'])[0]?.searchParams.get('from')).toBe('-1d')
})

test('graphs are what Graphite renders, without scripts', () => {
  const targets = images(all['index.html']).map(({ pathname, searchParams }) => {
    expect(pathname).toBe('/render')
    return searchParams.get('target')
  })
  expect(targets.slice(0, 5)).toEqual([
    'aliasByNode(monitor.*.red,1)',
    'aliasByNode(scaleToSeconds(balancer.lb.*.*.requests.count,1),2,3)',
    'aliasByNode(scaleToSeconds(balancer.lb.*.*.errors.count,1),2,3)',
    'aliasByNode(balancer.lb.*.*.latency,2,3)',
    'aliasByNode(hosts.lb.cpu.percent-{system,user,nice,wait,interrupt,softirq,steal},3)',
  ])
  expect(all['index.html']).not.toContain('<script')
})

test('each app behind a balancer has graphs of its own servers', () => {
  const page = pages({ ...measured, apps: [www, { ...www, name: 'worker', names: ['worker'] }] })[
    'index.html'
  ]
  expect(images(page)).toHaveLength(5 * 5 + 3 + 3 + 1)
  expect(images(page).map(({ searchParams }) => searchParams.get('target'))).toContain(
    'aliasByNode(balancer.lb.www.*.latency,2,3)',
  )
})

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { judged } from '../../test/fixture/judge.ts'
import { statsdKind, statsdProbe } from './statsd.ts'

/** Remembers what is sent by UDP and answers for it as Graphite does. */
async function graphite() {
  const seen: string[] = []
  const socket = createSocket('udp4').on('message', (packet) => seen.push(String(packet)))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    asked.push(url)
    const value = /:(\d+)\|c$/.exec(seen[0] ?? '')?.[1]
    response.end(`[{"target": "x", "datapoints": [[null, 10], [${value}.0, 20]]}]`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return {
    ports: { statsd: socket.address().port, page: address.port },
    seen,
    asked,
    [Symbol.dispose]() {
      socket.close()
      server.close()
    },
  }
}

test('a counter with a value of its own is sent and read back', async () => {
  using there = await graphite()
  const spec = { address: '127.0.0.1', ...there.ports, counter: 'copse.probe.web1' }
  const { stdout } = await execa('sh', ['-c', statsdKind.script(spec).shell])
  expect(there.seen).toEqual([expect.stringMatching(/^copse\.probe\.web1:\d+\|c$/)])
  expect(there.asked[0]).toBe('/render?target=stats.counters.copse.probe.web1.count&from=-60s&format=json')
  expect(stdout).toMatch(/^\d+ came back after \d s$/)
  expect(judged(statsdKind, spec, { code: 0, output: stdout }).answers).toBe(true)
})

test('each host has one counter, and its probe may take longer than others', () => {
  const probe = statsdProbe({ name: 'log', address: '10.61.0.22' }, { port: 80, from: { host: 'web1' } })
  expect([probe.name, probe.to, probe.isFast]).toEqual(['statsd copse.probe.web1', 'log', false])
  expect(statsdKind.seconds).toBeGreaterThan(16)
  const late = { code: 110, output: '7 was sent and did not come back in 16 s: []\n' }
  expect(judged(statsdKind, probe.spec, late)).toEqual({
    answers: false,
    detail: '7 was sent and did not come back in 16 s: []',
  })
})

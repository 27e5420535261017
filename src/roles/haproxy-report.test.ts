/** The program that tells Carbon what HAProxy counts, beside a HAProxy and a Carbon of the test's own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const source = readFileSync(new URL('./haproxy-report.pl', import.meta.url), 'utf8')

/** What HAProxy says each time that it is asked. */
const counts = [
  [
    'http,FRONTEND,0,10,0,1,1,1',
    'www,web1,2,10,1,1,2,3',
    'www,web1.last,2,0,0,0,0,0',
    'www,BACKEND,1,10,1,1,2,3',
  ],
  [
    'http,FRONTEND,0,20,0,1,1,1',
    'www,web1,2,14,3,1,2,3',
    'www,web1.last,2,1,0,0,0,0',
    'www,BACKEND,1,15,3,1,2,3',
  ],
  // It was loaded again.
  [
    'http,FRONTEND,0,30,0,1,1,1',
    'www,web1,2,2,0,1,2,3',
    'www,web1.last,2,0,0,0,0,0',
    'www,BACKEND,1,2,0,0,0,0',
  ],
]

test('each back-end and server is told of by what came since the last time', {
  timeout: 30_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'copse-report-'))
  const program = source
    .replace('/run/haproxy/admin.sock', join(folder, 'sock'))
    .replace('every = 10', 'every = 1')
  writeFileSync(join(folder, 'report.pl'), program)
  let asked = 0
  const haproxy = createServer((socket) => {
    const rows = counts[Math.min(asked++, counts.length - 1)] ?? []
    socket.end(`# pxname,svname,type,hrsp_2xx,hrsp_5xx,qtime,ctime,rtime\n${rows.join('\n')}\n\n`)
  }).listen(join(folder, 'sock'))
  const told: string[] = []
  const carbon = createServer((socket) => {
    socket.on('data', (data) => told.push(...String(data).trimEnd().split('\n')))
  }).listen(0, '127.0.0.1')
  await once(carbon, 'listening')
  const address = carbon.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const report = spawn('perl', [join(folder, 'report.pl'), 'lb', `127.0.0.1:${port}`])
  const ended = once(report, 'close')
  while (told.length < 12) await once(carbon, 'connection').then(() => new Promise(setImmediate))
  report.kill()
  await ended
  haproxy.close()
  carbon.close()
  rmSync(folder, { recursive: true })
  expect(told.slice(0, 12).map((line) => line.replace(/ \d+$/, ''))).toEqual([
    ...['balancer.lb.www.web1.requests.count 6', 'balancer.lb.www.web1.errors.count 2'],
    ...['balancer.lb.www.web1.latency 6', 'balancer.lb.www.all.requests.count 7'],
    ...['balancer.lb.www.all.errors.count 2', 'balancer.lb.www.all.latency 6'],
    ...['balancer.lb.www.web1.requests.count 2', 'balancer.lb.www.web1.errors.count 0'],
    ...['balancer.lb.www.web1.latency 6', 'balancer.lb.www.all.requests.count 2'],
    ...['balancer.lb.www.all.errors.count 0', 'balancer.lb.www.all.latency 0'],
  ])
})

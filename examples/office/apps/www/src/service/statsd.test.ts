import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { statsdTo, withLine } from './statsd.ts'

test('lines share a datagram until it is full', () => {
  const line = 'x'.repeat(699)
  const packets = [line, line, line].reduce<string[]>(withLine, [])
  assert.deepEqual(
    packets.map((packet) => packet.length),
    [1399, 699],
  )
})

test('what nobody takes is dropped rather than kept', () => {
  let packets: string[] = []
  for (let count = 0; count < 200; count++) packets = withLine(packets, 'x'.repeat(1_000))
  assert.equal(packets.length, 100)
})

test('what has gathered is sent when it closes', async () => {
  const receiver = createSocket('udp4')
  receiver.bind(0, '127.0.0.1')
  await once(receiver, 'listening')
  const statsd = statsdTo(`127.0.0.1:${receiver.address().port}`, 60_000)
  const message = once(receiver, 'message')
  statsd.count('app.requests')
  statsd.time('app.latency', 12.4)
  await statsd.close()
  assert.equal(String((await message)[0]), 'app.requests:1|c\napp.latency:12|ms')
  receiver.close()
})

test('a server whose name nobody knows neither throws nor is waited for', async () => {
  const statsd = statsdTo('nowhere.invalid:8125', 10)
  statsd.count('app.requests')
  await new Promise((resolve) => setTimeout(resolve, 50))
  statsd.count('app.requests')
  const began = performance.now()
  await statsd.close()
  assert.ok(performance.now() - began < 2_000)
})

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import { answersIn, askServer, namesOf } from './dns-names.ts'
import { plainPaint } from './paint.ts'
import { renderNames } from './render-names.ts'

test('every host has its own name, its further names, and a way back', () => {
  const lb = { ...office, hosts: office.hosts.slice(0, 1) }
  expect(namesOf(lb)).toEqual([
    { name: 'devlb.office.internal', type: 'A', want: '10.61.0.20' },
    { name: 'lb.office.internal', type: 'A', want: '10.61.0.20' },
    { name: 'www.office.internal', type: 'A', want: '10.61.0.20' },
    { name: 'cdn.office.internal', type: 'A', want: '10.61.0.20' },
    { name: '20.0.61.10.in-addr.arpa', type: 'PTR', want: 'devlb.office.internal' },
  ])
})

let server: Socket | undefined

afterEach(() => {
  server?.close()
  server = undefined
})

/** Answers every question with one A record: the question with the answer flag, a pointer to the name, the address. */
async function answerAll(address: readonly number[]): Promise<string> {
  const socket = createSocket('udp4')
  server = socket
  socket.on('message', (query, { port, address: from }) => {
    const end = query.indexOf(0, 12) + 5
    const head = Buffer.from([...query.subarray(0, 2), 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0])
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address])
    socket.send(Buffer.concat([head, query.subarray(12, end), answer]), port, from)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return `127.0.0.1:${socket.address().port}`
}

test('an answer is right when it is the wanted one and nothing else', async () => {
  const at = await answerAll([10, 61, 0, 20])
  const names = [
    { name: 'www.office.internal', type: 'A', want: '10.61.0.20' },
    { name: 'web1.office.internal', type: 'A', want: '10.61.0.24' },
  ] as const
  expect(await askServer(at, names)).toEqual([
    { ...names[0], got: '10.61.0.20', ok: true },
    { ...names[1], got: '10.61.0.20', ok: false },
  ])
})

test('what dig prints is read by name and type', () => {
  const printed = `WWW.office.internal.\t3600\tIN\tA\t10.61.0.20
20.0.61.10.in-addr.arpa. 3600 IN PTR devlb.office.internal.
`
  expect(answersIn(printed, { name: 'www.office.internal', type: 'A', want: '' })).toEqual(['10.61.0.20'])
  const back = { name: '20.0.61.10.in-addr.arpa', type: 'PTR', want: '' } as const
  expect(answersIn(printed, back)).toEqual(['devlb.office.internal'])
  expect(answersIn(printed, { ...back, type: 'A' })).toEqual([])
})

test('names are shown with what was answered instead', () => {
  const asked = [
    { name: 'www.office.internal', type: 'A', want: '10.61.0.20', got: '10.61.0.20', ok: true },
    { name: 'cdn.office.internal', type: 'A', want: '10.61.0.20', got: '', ok: false },
  ] as const
  expect(renderNames(asked, office.hosts.slice(1, 2), plainPaint)).toMatchInlineSnapshot(`
    "✓ www.office.internal  A  10.61.0.20
    ✗ cdn.office.internal  A  10.61.0.20  answered: nothing
    1 of 2 as wanted, by devdns (10.61.0.21).
    "
  `)
})

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { examineResolvers, nameservers, outerServers } from './guest-resolvers.ts'
import { localBox } from './local-box.ts'

const dev = { name: 'dev', gateway: '10.61.0.1', resolvers: ['10.61.0.1'] }

test('the servers of a resolv.conf are read, its remarks and other settings are not', () => {
  const text = '# nameserver 192.0.2.1\nsearch a\nnameserver 192.0.2.2\nnameserver\t::1 \nnameserver x\n'
  expect(nameservers(text)).toEqual(['192.0.2.2', '::1'])
})

test('the gateway stands for the servers of the box, any other server for itself', () => {
  const box = 'nameserver 192.0.2.2\n'
  expect(outerServers(dev, box)).toEqual(['192.0.2.2'])
  expect(outerServers({ ...dev, resolvers: ['9.9.9.9'] }, box)).toEqual(['9.9.9.9'])
  expect(outerServers({ ...dev, resolvers: [] }, '')).toEqual([])
})

test('guests that ask a gateway that has nobody to ask know no name', () => {
  expect(() => outerServers(dev, 'search a\n')).toThrow(
    'guests of dev ask 10.61.0.1, which asks the servers in /etc/resolv.conf: it names none',
  )
})

/** A DNS server that knows names below `known.example`, each as 192.0.2.7. */
async function startServer() {
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => {
    const isKnown = query.includes('\x05known')
    const reply = Buffer.from(query)
    reply.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2)
    reply.writeUInt16BE(isKnown ? 1 : 0, 6)
    reply.writeUInt16BE(0, 10)
    const question = reply.subarray(0, query.indexOf('\0', 12) + 5)
    const answer = isKnown ? Buffer.from('c00c000100010000003c0004c0000207', 'hex') : Buffer.alloc(0)
    socket.send(Buffer.concat([question, answer]), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { server: `127.0.0.1:${socket.address().port}`, [Symbol.dispose]: () => socket.close() }
}

test('the servers that guests ask must know where packages come from', async () => {
  using started = await startServer()
  const asking = { ...dev, resolvers: [started.server] }
  const detail = await examineResolvers(localBox, asking, 'http://deb.known.example/debian')
  expect(detail).toMatch(/; deb\.known\.example is known there$/)
  await expect(examineResolvers(localBox, asking, 'http://deb.other.example/debian')).rejects.toThrow(
    'nobody there knows deb.other.example, where packages come from',
  )
  expect(await examineResolvers(localBox, asking, 'http://192.0.2.8/debian')).not.toContain('known there')
})

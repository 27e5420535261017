/** Figures for a StatsD server, over UDP: they are lost rather than ever waited for. */
import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Statsd {
  count(name: string): void
  /** In milliseconds. */
  time(name: string, milliseconds: number): void
  /** Sends what has gathered and closes. */
  close(): Promise<void>
}

/** For a service that was given no StatsD server. */
export const silent: Statsd = { count() {}, time() {}, close: async () => {} }

/** A datagram of this size passes every Ethernet unbroken. */
const packetBytes = 1_400
/** How long a close may take, in milliseconds. */
const closeMs = 300
/** More than this is not kept while a name server does not answer. */
const mostPackets = 100

/** Sends to `server`, `host:port`; neither blocks nor throws, whatever the server or the network does. */
export function statsdTo(server: string, flushMs = 500): Statsd {
  const { host, port } = parseServer(server)
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  // A refused datagram comes back as an error, which nobody waits for.
  socket.on('error', () => {})
  socket.unref()
  let packets: string[] = []
  let isSending = false
  let isClosed = false
  let whenEmpty = () => {}
  // One at a time: each send asks for the name again, and many unanswered questions would occupy Node's few threads.
  const send = () => {
    if (isSending || isClosed) return
    const packet = packets.shift()
    if (packet === undefined) return whenEmpty()
    isSending = true
    socket.send(packet, port, host, () => {
      isSending = false
      send()
    })
  }
  const timer = setInterval(send, flushMs)
  timer.unref()
  const add = (line: string) => {
    packets = withLine(packets, line)
  }
  return {
    count: (name) => add(`${name}:1|c`),
    time: (name, milliseconds) => add(`${name}:${Math.round(milliseconds)}|ms`),
    close: async () => {
      clearInterval(timer)
      const empty = new Promise<void>((resolve) => {
        whenEmpty = resolve
      })
      send()
      await Promise.race([empty, sleep(closeMs)])
      isClosed = true
      socket.close()
    },
  }
}

/** Adds a line to the last packet, or begins another; a line too many is dropped. Pure. */
export function withLine(packets: readonly string[], line: string): string[] {
  const last = packets.at(-1)
  if (last !== undefined && last.length + 1 + line.length <= packetBytes)
    return [...packets.slice(0, -1), `${last}\n${line}`]
  return packets.length < mostPackets ? [...packets, line] : [...packets]
}

function parseServer(server: string): { host: string; port: number } {
  const colon = server.lastIndexOf(':')
  return { host: server.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(server.slice(colon + 1)) }
}

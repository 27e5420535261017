/** The HTTP server of a service, and how it goes without losing a request. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAdaptorServer } from '@hono/node-server'

/** What answers requests; a hono app is one. */
export interface App {
  fetch(request: Request): Response | Promise<Response>
}

/** After this many milliseconds a connection that never asked anything is ended. */
const graceMs = 1_000

export interface Listening {
  readonly port: number
  /** Accepts nothing new and finishes what runs; what is not done by `deadlineMs` from now is cut. */
  close(deadlineMs: number): Promise<void>
}

/** Rejects when the address cannot be had. */
export async function listen(app: App, host: string, port: number): Promise<Listening> {
  const server = makeServer(app)
  const untried = connectionsWithoutRequest(server)
  server.listen(port, host)
  await once(server, 'listening')
  return { port: portOf(server.address()), close: (deadlineMs) => close(server, untried, deadlineMs) }
}

function makeServer(app: App): Server {
  const server = createAdaptorServer({
    fetch: (request) => app.fetch(request),
    createServer,
    // Longer than any request may take, and far from Node's five minutes.
    serverOptions: { requestTimeout: 30_000, headersTimeout: 15_000 },
  })
  if (!('closeIdleConnections' in server)) throw new TypeError('this server does not speak HTTP/1.1')
  return server
}

/** Node counts a connection that has not asked anything yet as busy, for which a close would wait in vain. */
function connectionsWithoutRequest(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', ({ socket }) => sockets.delete(socket))
  return sockets
}

async function close(server: Server, untried: ReadonlySet<Socket>, deadlineMs: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  // What was answered before the drain kept its connection, and becomes idle only now.
  const sweep = setInterval(() => server.closeIdleConnections(), 100)
  const grace = setTimeout(() => untried.forEach((socket) => void socket.destroy()), graceMs)
  await Promise.race([closed, sleep(deadlineMs, undefined, { ref: false })])
  clearInterval(sweep)
  clearTimeout(grace)
  server.closeAllConnections()
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}

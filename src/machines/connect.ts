/** Does anything take a TCP connection there? */
import { connect } from 'node:net'

/** Undefined when something does; else why not, in a few words. */
export async function connectTrouble(
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const socket = connect({ host: address, port, signal })
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
    socket.once('error', (error) => resolve(signal.aborted ? 'the time is over' : error.message))
  })
}

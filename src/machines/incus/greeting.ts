/** Does an SSH server answer? */
import { connect } from 'node:net'

/** Milliseconds: a machine of this box takes one at once or not at all, and one that was lost is only sent again after a second. */
const connectPatience = 100

/** True when something at port 22 greets as SSH servers do, within so many seconds of taking the connection. */
export function greets(address: string, seconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22 })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(connectPatience, () => settle(false))
    socket.once('connect', () => socket.setTimeout(seconds * 1000))
    socket.once('error', () => settle(false))
    socket.once('close', () => resolve(false))
    // A greeting in return, or the server would log an error about every look at it.
    socket.once('data', (data) => {
      socket.write('SSH-2.0-copse\r\n')
      settle(data.toString('latin1').startsWith('SSH-'))
    })
  })
}

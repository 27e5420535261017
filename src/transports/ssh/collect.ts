/** What a client prints, in one piece. */
import { CopseError } from '../../lib/errors.ts'
import type { SshClient } from './client.ts'

/** What is longer than this many characters is a mistake. */
const longest = 64 * 1024 * 1024

/** Reads until the output ends, or until it ends with `end`, of at most 100 characters. `alias` names the host in messages. */
export async function collect(
  client: Pick<SshClient, 'output' | 'stop'>,
  alias: string,
  end?: string,
): Promise<string> {
  const pieces: string[] = []
  let length = 0
  let tail = ''
  for await (const piece of client.output) {
    pieces.push(piece)
    length += piece.length
    if (length > longest) {
      client.stop()
      throw new CopseError('failed', `a script on ${alias} printed more than ${longest} characters`)
    }
    tail = (tail + piece).slice(-100)
    if (end !== undefined && tail.endsWith(end)) break
  }
  return pieces.join('')
}

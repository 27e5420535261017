/** A transport that answers from a recording, so that commands can be tested without a host. */
import { sha256 } from '../lib/digest.ts'
import type { Sendable } from '../resources/kind.ts'
import { type Archive, type Finished, type Transport, Unreachable } from './transport.ts'

/** What a host answered to one script. Recordings are JSON lists of these, in the order of the run. */
export interface Answer {
  readonly host: string
  /** SHA-256 of the script, `main`: another script makes the recording stale. */
  readonly main: string
  /** `@@boundary` stands for the archive's own boundary, which is random. */
  readonly stdout: string
  readonly code: number
  readonly stderr?: string | undefined
}

/** Plays a host's part. The same script gets its answers in order, and the last one from then on. */
export function recordedTransport(recording: readonly Answer[], host: string): Transport & AsyncDisposable {
  const turns = new Map<string, number>()
  const answer = (archive: Archive): Finished => {
    const main = digestOfMain(archive)
    const answers = recording.filter((entry) => entry.host === host && entry.main === main)
    const turn = turns.get(main) ?? 0
    turns.set(main, turn + 1)
    const found = answers[Math.min(turn, answers.length - 1)]
    if (!found) throw new Error(`nothing is recorded of ${host} for script ${main}: record again`)
    const { code, stdout, stderr = '' } = found
    return { code, stdout: stdout.replaceAll('@@boundary', textOf(archive.boundary) ?? '@@boundary'), stderr }
  }
  return {
    async run(archive, signal) {
      signal.throwIfAborted()
      if (!recording.some((entry) => entry.host === host))
        throw new Unreachable('no-answer', `${host} does not answer: it is not in the recording`)
      return answer(archive)
    },
    async *stream(archive, signal) {
      const { stdout } = await this.run(archive, signal)
      yield* stdout.replace(/\n$/, '').split('\n')
    },
    loginAnew: async () => true,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** What an archive is found by in a recording. */
export function digestOfMain({ main }: Archive): string {
  const text = textOf(main)
  if (text === undefined) throw new TypeError('only archives with the text of a main script are recorded')
  return sha256(text)
}

function textOf(payload: Sendable | undefined): string | undefined {
  return payload && 'text' in payload ? payload.text : undefined
}

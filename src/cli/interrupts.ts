/** Signals from outside: the first asks the run to stop after the running step, the second ends the process. */
import { exitCodes } from '../lib/errors.ts'

/** What stops a command before its end; it listens until it is disposed of. */
export interface Interrupts extends Disposable {
  readonly signal: AbortSignal
  /** Stops after `ms` milliseconds as a first signal would. */
  stopAfter(ms: number): void
}

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Listens from now on; `note` tells the operator what happens. */
export function listenForInterrupts(note: (text: string) => void): Interrupts {
  const controller = new AbortController()
  const stop = (why: string) => {
    note(`${why}stopping after the running step\n`)
    controller.abort()
  }
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted)
    stop('interrupted (again: stop at once): ')
  }
  for (const name of names) process.on(name, onSignal)
  return {
    signal: controller.signal,
    stopAfter: (ms) => void setTimeout(stop, ms, 'the --timeout is over: ').unref(),
    [Symbol.dispose]() {
      for (const name of names) process.off(name, onSignal)
    },
  }
}

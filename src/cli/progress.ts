/** Shows engine events while they come: a live checklist on a terminal, plain lines otherwise. */
import type { Event } from '../engine/events.ts'
import { advance, emptyChecklist, renderChecklist } from './checklist.ts'
import { eventLines } from './event-lines.ts'
import type { Screen } from './screen.ts'

/** Takes events until it is disposed of; then nothing of a checklist is left on the terminal. */
export interface Progress extends Disposable {
  emit(event: Event): void
}

/** `verbose` of 1 and more: plain lines also on a terminal. */
export async function showProgress(screen: Screen, verbose: number): Promise<Progress> {
  return screen.isLive && verbose === 0 ? liveProgress(screen) : plainProgress(screen, verbose > 0)
}

/** Verdicts are told one by one where more was asked for; the end of each command tells those that matter. */
function plainProgress(screen: Screen, isVerbose: boolean): Progress {
  return {
    emit(event) {
      if (isVerbose || event.event !== 'verdict') screen.note(eventLines(event, screen.notePaint))
    },
    [Symbol.dispose]: () => undefined,
  }
}

async function liveProgress(screen: Screen): Promise<Progress> {
  const { createLogUpdate } = await import('log-update')
  const log = createLogUpdate(process.stderr)
  let list = emptyChecklist
  let isShown = false
  const draw = () => {
    const view = { now: performance.now(), width: process.stderr.columns ?? 80, paint: screen.notePaint }
    if (isShown) log(renderChecklist(list, view))
  }
  const hide = () => {
    isShown = false
    log.clear()
  }
  const attached = screen.attach({ clear: () => log.clear(), hide })
  const timer = setInterval(draw, 100)
  return {
    emit(event) {
      list = advance(list, event, performance.now())
      isShown = true
      draw()
    },
    [Symbol.dispose]() {
      clearInterval(timer)
      attached[Symbol.dispose]()
      log.done()
    },
  }
}

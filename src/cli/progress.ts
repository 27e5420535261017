/** Shows engine events while they come: a live checklist on a terminal, plain lines otherwise. */
import { createLogUpdate } from 'log-update'
import type { Event } from '../engine/events.ts'
import { advance, emptyChecklist, renderChecklist } from './checklist.ts'
import { eventLines } from './event-lines.ts'
import type { Screen } from './screen.ts'

/** Takes events until it is disposed of; then nothing of a checklist is left on the terminal. */
export interface Progress extends Disposable {
  emit(event: Event): void
  /** Takes the checklist off the terminal, so that something else can be written; the next event draws it again. */
  clear(): void
}

/** `verbose` of 1 and more: plain lines also on a terminal. */
export function showProgress(screen: Screen, verbose: number): Progress {
  return screen.isLive && verbose === 0 ? liveProgress(screen) : plainProgress(screen, verbose > 0)
}

/** Verdicts are told one by one where more was asked for; the end of each command tells those that matter. */
function plainProgress(screen: Screen, isVerbose: boolean): Progress {
  return {
    emit(event) {
      if (isVerbose || event.event !== 'verdict') screen.note(eventLines(event, screen.notePaint))
    },
    clear: () => {},
    [Symbol.dispose]: () => {},
  }
}

function liveProgress(screen: Screen): Progress {
  const log = createLogUpdate(process.stderr)
  let list = emptyChecklist
  let isShown = false
  const draw = () => {
    const view = { now: performance.now(), width: process.stderr.columns ?? 80, paint: screen.notePaint }
    if (isShown) log(renderChecklist(list, view))
  }
  const clear = () => {
    isShown = false
    log.clear()
  }
  const timer = setInterval(draw, 100)
  timer.unref()
  return {
    emit(event) {
      list = advance(list, event, performance.now())
      isShown = true
      draw()
    },
    clear,
    [Symbol.dispose]() {
      clearInterval(timer)
      clear()
      log.done()
    },
  }
}

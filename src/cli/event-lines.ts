/** Engine events as plain lines, for pipes, CI and `-v`. Pure. */
import type { Event } from '../engine/events.ts'
import { formatDuration } from './duration.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { outcomeText } from './render-outcome.ts'
import { verdictText } from './render-verdict.ts'

/** What each phase is called while it runs. */
export const phaseWords = {
  observe: 'observing',
  prepare: 'preparing',
  create: 'making',
  apply: 'applying',
  check: 'checking',
  verify: 'verifying',
  destroy: 'destroying',
} as const

/** Steps at least this long say how long they took. */
const worthTelling = 1000

/** The lines that an event is worth; each with its newline. */
export function eventLines(event: Event, paint: Paint): string {
  switch (event.event) {
    case 'phase':
      return event.hosts.length === 0 ? '' : `${phaseWords[event.phase]} ${event.hosts.join(' ')}\n`
    case 'progress':
      return line(event.subject, printableLine(event.message))
    case 'step-start':
      return line(event.host, `${event.step}/${event.of} ${printableLine(event.what)}`)
    case 'step-end':
      return stepEnd(event, paint)
    case 'host-end':
      return line(event.outcome.host, outcomeText(event.outcome, paint))
    case 'verdict':
      return line('verify', verdictText(event.verdict, paint))
  }
}

function stepEnd({ host, step, ok, ms }: Extract<Event, { event: 'step-end' }>, paint: Paint): string {
  if (!ok) return line(host, `${step} ${paint('bad', '✗')} failed   ${formatDuration(ms)}`)
  return ms < worthTelling ? '' : line(host, `${step} ✓   ${formatDuration(ms)}`)
}

function line(subject: string, text: string): string {
  return `${subject.padEnd(8)} ${text}\n`
}

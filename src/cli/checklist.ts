/** The live checklist: one line per host, drawn from engine events. Pure. */
import type { Event, Outcome } from '../engine/events.ts'
import { formatDuration } from './duration.ts'
import { phaseWords } from './event-lines.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { outcomeText } from './render-outcome.ts'
import { pad } from './table.ts'

/** What one subject (a host, the box, the probes) is doing, or how it ended. */
type Item = { readonly doing: string; readonly since: number } | { readonly outcome: Outcome }

/** Items by subject, in the order in which they came up. */
export type Checklist = ReadonlyMap<string, Item>

export const emptyChecklist: Checklist = new Map()

/** The checklist after an event; `now` is in milliseconds. */
export function advance(list: Checklist, event: Event, now: number): Checklist {
  const doing = (subject: string, what: string): Checklist =>
    new Map([...list, [subject, { doing: printableLine(what), since: now }]])
  switch (event.event) {
    case 'phase':
      if (event.phase === 'verify') return doing('verify', 'asking')
      return new Map([...list, ...event.hosts.map((host) => [host, phaseItem(event.phase, now)] as const)])
    case 'progress':
      return doing(event.subject, event.message)
    case 'step-start':
      return doing(event.host, `${event.step}/${event.of}  ${event.what}`)
    case 'step-end':
      return list
    case 'host-end':
      return new Map([...list, [event.outcome.host, { outcome: event.outcome }]])
    case 'verdict':
      return doing('verify', `${event.verdict.ok ? '✓' : '✗'} ${event.verdict.probe.name}`)
  }
}

function phaseItem(phase: keyof typeof phaseWords, now: number): Item {
  return { doing: phaseWords[phase], since: now }
}

/** How the checklist is drawn; `width` is the terminal's. */
export interface ChecklistView {
  readonly now: number
  readonly width: number
  readonly paint: Paint
}

/** One line per item: its name, what it does and for how long, or how it ended. */
export function renderChecklist(list: Checklist, view: ChecklistView): string {
  const widest = Math.max(0, ...[...list.keys()].map((subject) => subject.length))
  return [...list]
    .map(([subject, item]) => `  ${pad(subject, widest)}  ${itemText(item, view, view.width - widest - 4)}`)
    .join('\n')
}

const frames = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏']

function itemText(item: Item, { now, paint }: ChecklistView, room: number): string {
  if ('outcome' in item) return outcomeText(item.outcome, paint)
  const frame = frames[Math.floor(now / 100) % frames.length] ?? ''
  const elapsed = now - item.since < 1000 ? '' : `  ${formatDuration(now - item.since)}`
  return `${frame} ${item.doing.slice(0, Math.max(8, room - elapsed.length - 2))}${paint('faint', elapsed)}`
}

/** A plan as text: machine changes first, then a block per host, then the count. Pure. */
import { type MachineChange, type Plan, type PlannedChange, summarise } from '../engine/plan-types.ts'
import { formatDuration } from './duration.ts'
import type { Meaning, Paint } from './paint.ts'
import { printable, printableLine } from './printable.ts'
import { renderDiff } from './render-diff.ts'
import { count, pad } from './table.ts'

/** How much of a plan is shown: `compact` counts what a missing machine will get, `full` leaves nothing out. */
export interface PlanView {
  readonly paint: Paint
  readonly detail: 'compact' | 'normal' | 'full'
}

type PlannedHost = Plan['hosts'][number]

const signs = { create: '+', update: '~', destroy: '-', replace: '-/+', unknown: '?', start: '~' } as const
const meanings: Readonly<Record<keyof typeof signs, Meaning>> = {
  create: 'good',
  update: 'change',
  destroy: 'bad',
  replace: 'change',
  unknown: 'faint',
  start: 'change',
}

/** Everything that would change, without the count; empty when nothing would. */
export function renderPlan(plan: Plan, view: PlanView): string {
  const lines = [
    ...machineLines(plan, view),
    ...hostLines(plan, view),
    ...publishedLines(plan, view),
    ...unreachableLines(plan, view),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** `Plan: 3 to add, 1 to change, 0 to destroy.   5 hosts unchanged.   0.6 s` */
export function renderCount(plan: Plan, ms?: number): string {
  const { create, update, destroy, replace, unknown } = summarise(plan)
  const unsure = unknown > 0 ? `, ${unknown} known only when applied` : ''
  const unchanged = plan.hosts.filter((host) => host.state === 'observed' && host.changes.length === 0).length
  const silent = plan.hosts.filter(({ state }) => state === 'unreachable').length
  return [
    `Plan: ${create + replace} to add, ${update} to change, ${destroy + replace} to destroy${unsure}.`,
    ...(unchanged > 0 ? [`${count(unchanged, 'host')} unchanged.`] : []),
    ...(silent > 0 ? [`${count(silent, 'host')} not observed.`] : []),
    ...(ms === undefined ? [] : [formatDuration(ms)]),
  ].join('   ')
}

function machineLines(plan: Plan, { paint, detail }: PlanView): readonly string[] {
  if (plan.machines.length === 0) return []
  const described = plan.machines.map((change) => ({ ...change, kind: 'machine', key: change.machine }))
  const widest = Math.max(...described.map(({ key }) => `machine ${key}`.length))
  const rows = described.map((change) => {
    const follows = detail === 'compact' ? contents(plan, change) : ''
    return changeLine({ ...change, why: [change.why, follows].filter((word) => word !== '') }, widest, paint)
  })
  return [paint('strong', '  machines'), ...rows]
}

function publishedLines({ published }: Plan, { paint }: PlanView): readonly string[] {
  if (published.length === 0) return []
  const widest = Math.max(...published.map(({ port }) => `port ${port}`.length))
  const rows = published.map(({ port, action, why }) =>
    changeLine({ action, kind: 'port', key: port, why: [why] }, widest, paint),
  )
  return [paint('strong', '  published'), ...rows]
}

/** What a missing machine gets once it runs. */
function contents(plan: Plan, { host, action }: MachineChange): string {
  const found = plan.hosts.find((candidate) => candidate.host === host)
  return action === 'create' && found?.state === 'absent'
    ? `gets ${count(found.changes.length, 'resource')}`
    : ''
}

function hostLines(plan: Plan, view: PlanView): readonly string[] {
  const firstWith = new Map<string, string>()
  return plan.hosts.flatMap((host) => {
    const lines = changesOf(host, view)
    if (lines.length === 0 || host.state === 'unreachable') return []
    const twin = firstWith.get(lines.join('\n'))
    if (twin === undefined) firstWith.set(lines.join('\n'), host.host)
    const name = view.paint('strong', `  ${host.host}`)
    if (twin === undefined || view.detail === 'full') return [name, ...lines]
    return [`${name}   the same ${count(host.changes.length, 'change')} as ${twin}`]
  })
}

function changesOf(host: PlannedHost, view: PlanView): readonly string[] {
  if (host.state === 'unreachable' || (host.state === 'absent' && view.detail === 'compact')) return []
  const widest = Math.min(56, Math.max(...host.changes.map(({ kind, key }) => `${kind} ${key}`.length)))
  return host.changes.flatMap((change) => [
    changeLine(change, widest, view.paint),
    ...diffOf(change, view).map((line) => `        ${line}`),
  ])
}

/** The whole text of something new is shown only where everything was asked for. */
function diffOf(change: PlannedChange, { paint, detail }: PlanView): readonly string[] {
  const isShown =
    change.diff && (detail === 'full' || change.action === 'update' || change.action === 'replace')
  return change.diff && isShown ? renderDiff(change.diff, { paint, isFull: detail === 'full' }) : []
}

interface Line {
  readonly action: keyof typeof signs
  readonly kind: string
  readonly key: string
  readonly why: readonly string[]
}

function changeLine({ action, kind, key, why }: Line, widest: number, paint: Paint): string {
  const what = pad(printableLine(`${kind} ${key}`), widest)
  const sign = paint(meanings[action], signs[action].padStart(5))
  return `${sign} ${what}  ${paint('faint', printableLine(why.join('; ')))}`.trimEnd()
}

function unreachableLines(plan: Plan, { paint }: PlanView): readonly string[] {
  return plan.hosts.flatMap((host) =>
    host.state === 'unreachable'
      ? [
          `${paint('strong', `  ${host.host}`)}   ${paint('bad', '✗')} ${printableLine(host.detail)}`,
          ...(host.hint === undefined ? [] : [`      ${printable(host.hint)}`]),
        ]
      : [],
  )
}

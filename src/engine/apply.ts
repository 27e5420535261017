/** Applies one host's plan in one streamed session, reporting each step as it ends. */
import { setTimeout as sleep } from 'node:timers/promises'
import { CopseError } from '../lib/errors.ts'
import { type Transport, Unreachable } from '../transports/transport.ts'
import type { Context, Outcome } from './events.ts'
import type { HostPlan, PlannedStep } from './plan-types.ts'
import type { OpenSecrets } from './secrets/open.ts'
import { applyArchive } from './session-archive.ts'
import { parseSessionEvent, type SessionEvent } from './session-events.ts'

/** What applying needs besides the plan. */
export interface ApplyOptions {
  /** This run's number; a host refuses one that is below the last it saw. */
  readonly run: number
  /** How long to wait for another run on the host to end. */
  readonly waitMs: number
  /** Whose values the host is given, and which are kept out of what it says. */
  readonly secrets: OpenSecrets
}

/** Executes exactly the plan. Trouble is in the outcome, never thrown, but for aborts. */
export async function applyHost(
  context: Context,
  { plan, transport }: { readonly plan: HostPlan; readonly transport: Transport },
  options: ApplyOptions,
): Promise<Outcome> {
  const began = performance.now()
  const progress = new Progress(context, plan, options.secrets)
  const end = (result: Outcome['result'], more: Partial<Outcome> = {}): Outcome => ({
    host: plan.host,
    result,
    changes: progress.changes,
    ms: Math.round(performance.now() - began),
    ...more,
  })
  try {
    // The session outlives an interrupted controller: it is asked to stop after its running step, not cut off.
    const stream = transport.stream(await applyArchive(plan, options), new AbortController().signal)
    const stop = () => void progress.ask(transport, 'stop')
    context.signal.addEventListener('abort', stop, { once: true })
    try {
      for await (const line of stream) await progress.take(parseSessionEvent(line), transport)
    } finally {
      context.signal.removeEventListener('abort', stop)
    }
  } catch (error) {
    if (error instanceof CopseError)
      return end(error.code === 'refused' ? 'refused' : 'failed', {
        detail: error.message,
        hint: error.hint,
      })
    if (!(error instanceof Unreachable)) throw error
    return end('unreachable', progress.silence(error))
  }
  return progress.outcome(end)
}

/** Follows one session: counts, tells, confirms. */
class Progress {
  changes = 0
  last = 'nothing was started'
  readonly #context: Context
  readonly #plan: HostPlan
  readonly #secrets: OpenSecrets
  #dir = ''
  /** The running step is only kept where a new login works. */
  #isUnconfirmed = false
  #log: string | undefined
  #done: Extract<SessionEvent, { event: 'done' }> | undefined

  constructor(context: Context, plan: HostPlan, secrets: OpenSecrets) {
    this.#context = context
    this.#plan = plan
    this.#secrets = secrets
  }

  async take(event: SessionEvent | undefined, transport: Transport): Promise<void> {
    if (event?.event === 'session') this.#dir = event.dir
    if (event?.event === 'session' && this.#context.signal.aborted) await this.ask(transport, 'stop')
    if (event?.event === 'step-start') this.#start(event.step)
    if (event?.event === 'step-end') this.#end(event)
    if (event?.event === 'confirm') await this.#confirm(transport)
    if (event?.event === 'done') this.#done = { ...event, detail: this.#secrets.conceal(event.detail) }
  }

  /** A daemon that is just reloading may refuse a moment: a new login is tried until the host gives up waiting. */
  async #confirm(transport: Transport): Promise<void> {
    this.#isUnconfirmed = true
    const deadline = AbortSignal.timeout(40_000)
    while (!deadline.aborted) {
      if (await transport.loginAnew(deadline)) {
        await this.ask(transport, 'confirmed')
        this.#isUnconfirmed = false
        return
      }
      await sleep(500)
    }
  }

  /** What to tell of a host that no longer answers: one that we shut ourselves opens again. */
  silence({ message, hint }: Unreachable): Pick<Outcome, 'detail' | 'hint'> {
    if (!this.#isUnconfirmed) return { detail: `${message}; last: ${this.last}`, hint }
    return {
      detail: `no new login worked after ${this.last}, which the host puts back within a minute of it: ${message}`,
      hint: 'correct the definition, then plan again',
    }
  }

  /** Leaves a word for the session in its directory. */
  async ask(transport: Transport, word: 'stop' | 'confirmed'): Promise<void> {
    if (this.#dir === '') return
    const archive = { main: { text: `cd "$(cat dir)" && : >${word}\n` }, dir: { text: this.#dir } }
    await transport.run(archive, AbortSignal.timeout(10_000))
  }

  outcome(end: (result: Outcome['result'], more?: Partial<Outcome>) => Outcome): Outcome {
    const done = this.#done
    if (!done) return end('failed', { detail: `the session on the host ended early; last: ${this.last}` })
    if (done.result === 'done') return end('changed')
    if (done.result === 'failed')
      return end('failed', { detail: `${this.last} failed`, log: this.#log ?? done.detail })
    if (done.result === 'refused')
      return end('refused', {
        detail: `the host has moved since the plan was made: ${done.detail}`,
        hint: 'plan again',
      })
    return end(done.result, { detail: done.detail })
  }

  #start(step: number): void {
    this.last = describe(this.#plan, this.#plan.steps[step - 1])
    const of = this.#plan.steps.length
    this.#context.emit({ event: 'step-start', host: this.#plan.host, step, of, what: this.last })
  }

  /** Programs say what they like of the files that they are given. */
  #end({ step, code, ms, log: said }: Extract<SessionEvent, { event: 'step-end' }>): void {
    const log = this.#secrets.conceal(said)
    const ok = code === 0
    const planned = this.#plan.steps[step - 1]
    if (ok) this.changes += planned?.changes.length ?? 0
    else {
      this.#log = log
      // Others may have begun since.
      this.last = describe(this.#plan, planned)
    }
    this.#context.emit({ event: 'step-end', host: this.#plan.host, step, ok, ms, ...(ok ? {} : { log }) })
  }
}

/** `file /etc/hosts`, or the first of several: `package nginx and 3 more`. */
function describe(plan: HostPlan, step: PlannedStep | undefined): string {
  const [first, ...rest] = (step?.changes ?? []).flatMap((index) => plan.changes[index] ?? [])
  if (!first) return 'an unknown step'
  return `${first.kind} ${first.key}${rest.length > 0 ? ` and ${rest.length} more` : ''}`
}

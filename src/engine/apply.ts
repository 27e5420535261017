/** Applies one host's plan in one streamed session, reporting each step as it ends. */
import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf } from '../lib/digest.ts'
import { CopseError } from '../lib/errors.ts'
import { kindNamed } from '../resources/index.ts'
import type { Payload, Sendable } from '../resources/kind.ts'
import { observeScript, perlObservers } from '../resources/observed.ts'
import { type Archive, type Transport, Unreachable } from '../transports/transport.ts'
import type { Context, Outcome } from './events.ts'
import type { HostPlan, OwnedId, PlannedStep } from './plan-types.ts'
import { remoteScripts } from './remote-scripts.ts'
import type { OpenSecrets } from './secrets/open.ts'
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
    const stream = transport.stream(applyArchive(plan, options), new AbortController().signal)
    const stop = () => void progress.ask(transport, 'stop')
    context.signal.addEventListener('abort', stop, { once: true })
    try {
      for await (const line of stream) await progress.take(parseSessionEvent(line), transport)
    } finally {
      context.signal.removeEventListener('abort', stop)
    }
  } catch (error) {
    if (error instanceof CopseError) return end('failed', { detail: error.message, hint: error.hint })
    if (!(error instanceof Unreachable)) throw error
    return end('unreachable', { detail: `${error.message}; last: ${progress.last}`, hint: error.hint })
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
    const deadline = AbortSignal.timeout(40_000)
    while (!deadline.aborted) {
      if (await transport.loginAnew(deadline)) return this.ask(transport, 'confirmed')
      await sleep(500)
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
    if (ok) this.changes += this.#plan.steps[step - 1]?.changes.length ?? 0
    else this.#log = log
    this.#context.emit({ event: 'step-end', host: this.#plan.host, step, ok, ms, ...(ok ? {} : { log }) })
  }
}

/** `file /etc/hosts`, or the first of several: `package nginx and 3 more`. */
function describe(plan: HostPlan, step: PlannedStep | undefined): string {
  const [first, ...rest] = (step?.changes ?? []).flatMap((index) => plan.changes[index] ?? [])
  if (!first) return 'an unknown step'
  return `${first.kind} ${first.key}${rest.length > 0 ? ` and ${rest.length} more` : ''}`
}

function applyArchive(plan: HostPlan, { run, waitMs, secrets }: ApplyOptions): Archive {
  return {
    main: { text: 'exec perl ./apply "$PWD"\n' },
    apply: { text: remoteScripts.apply },
    session: { text: remoteScripts.session },
    revert: { text: remoteScripts.revert },
    observers: { text: perlObservers(plan.guards.flatMap(({ kind }) => kindNamed(kind) ?? [])) },
    plan: { text: digestOf(plan) },
    run: { text: String(run) },
    wait: { text: String(Math.ceil(waitMs / 1000)) },
    identity: { text: plan.identity },
    forget: { text: ids(plan.forget) },
    ...Object.assign({}, ...plan.guards.map(guardFiles)),
    ...Object.assign(
      {},
      ...plan.steps.map((step, index) => stepFiles(plan, { step, number: index + 1, secrets })),
    ),
  }
}

function guardFiles(guard: HostPlan['guards'][number], index: number): Archive {
  const kind = kindNamed(guard.kind)
  const at = `guards/${index}`
  return {
    [`${at}/kind`]: { text: guard.kind },
    [`${at}/lines`]: { text: guard.lines.map((line) => `${line}\n`).join('') },
    [`${at}/digest`]: { text: guard.digest },
    ...(kind && 'sh' in kind.observe ? { [`${at}/script`]: { text: observeScript(kind) } } : {}),
  }
}

interface Numbered {
  readonly step: PlannedStep
  readonly number: number
  readonly secrets: OpenSecrets
}

function stepFiles(plan: HostPlan, { step, number, secrets }: Numbered): Archive {
  const at = `steps/${String(number).padStart(5, '0')}`
  const changes = step.changes.flatMap((index) => plan.changes[index] ?? [])
  const lines = (words: readonly string[]): Sendable => ({ text: words.map((word) => `${word}\n`).join('') })
  return {
    ...Object.fromEntries(
      Object.entries(step.payloads ?? {}).map(([name, payload]) => [
        `${at}/${name}`,
        sendable(payload, secrets),
      ]),
    ),
    [`${at}/script`]: { text: `${step.script.shell}\n` },
    [`${at}/ids`]: { text: ids(changes) },
    [`${at}/own`]: lines(step.own.map(({ kind, key, digest }) => `${kind}\t${key}\t${digest}`)),
    [`${at}/disown`]: { text: ids(step.disown) },
    [`${at}/invalidate`]: lines(step.invalidate),
    ...(step.prepare ? { [`${at}/prepare`]: { text: `${step.prepare.shell}\n` } } : {}),
    ...(step.confirm
      ? { [`${at}/confirm`]: lines(step.confirm.paths), [`${at}/reload`]: lines(step.confirm.reload) }
      : {}),
  }
}

/** The only place where the value of a secret is put into what a host is sent. */
function sendable(payload: Payload, secrets: OpenSecrets): Sendable {
  return 'secret' in payload ? { text: secrets.textOf(payload.secret) } : payload
}

function ids(things: readonly OwnedId[]): string {
  return things.map(({ kind, key }) => `${kind}\t${key}\n`).join('')
}

/** The archive of an apply session: a plan's steps with their bytes. Only here are secrets put in and certificates made. */
import { digestOf } from '../lib/digest.ts'
import type { Leaf } from '../model/certificate.ts'
import { kindNamed } from '../resources/index.ts'
import type { Confirmation, Payload, Sendable } from '../resources/kind.ts'
import { observeScript, perlObservers } from '../resources/observed.ts'
import type { Archive } from '../transports/transport.ts'
import type { ApplyOptions } from './apply.ts'
import type { HostPlan, OwnedId, PlannedStep } from './plan-types.ts'
import { remoteScripts } from './remote-scripts.ts'
import type { OpenSecrets } from './secrets/open.ts'
import { issue } from './tls/issue.ts'

export async function applyArchive(plan: HostPlan, { run, waitMs, secrets }: ApplyOptions): Promise<Archive> {
  const steps = await Promise.all(
    plan.steps.map(async (step, index) => {
      const at = `steps/${String(index + 1).padStart(5, '0')}`
      const sent = Object.entries(await sendables(step, secrets))
      return {
        ...Object.fromEntries(sent.map(([name, payload]) => [`${at}/${name}`, payload])),
        ...stepFiles(plan, step, at),
      }
    }),
  )
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
    forget: ids(plan.forget),
    ...Object.assign({}, ...plan.guards.map(guardFiles)),
    ...Object.assign({}, ...steps),
  }
}

/** A step's payloads as they are sent. The files of one certificate belong together: it is made once for its step. */
export async function sendables(
  { payloads = {} }: Pick<PlannedStep, 'payloads'>,
  secrets: OpenSecrets,
): Promise<Readonly<Record<string, Sendable>>> {
  let made: Promise<Leaf> | undefined
  const send = async (payload: Payload): Promise<Sendable> => {
    if ('secret' in payload) return { text: secrets.textOf(payload.secret) }
    if (!('leaf' in payload)) return payload
    made ??= issue(secrets.authority, payload.leaf)
    return { text: (await made)[payload.part] }
  }
  const sent = Object.entries(payloads).map(async ([name, payload]) => [name, await send(payload)] as const)
  return Object.fromEntries(await Promise.all(sent))
}

function guardFiles(guard: HostPlan['guards'][number], index: number): Archive {
  const kind = kindNamed(guard.kind)
  const at = `guards/${index}`
  return {
    [`${at}/kind`]: { text: guard.kind },
    [`${at}/lines`]: lines(guard.lines),
    [`${at}/digest`]: { text: guard.digest },
    ...(kind && 'sh' in kind.observe ? { [`${at}/script`]: { text: observeScript(kind) } } : {}),
  }
}

function stepFiles(plan: HostPlan, step: PlannedStep, at: string): Archive {
  const changes = step.changes.flatMap((index) => plan.changes[index] ?? [])
  return {
    [`${at}/script`]: { text: `${step.script.shell}\n` },
    [`${at}/ids`]: ids(changes),
    [`${at}/own`]: lines(step.own.map(({ kind, key, digest }) => `${kind}\t${key}\t${digest}`)),
    [`${at}/disown`]: ids(step.disown),
    [`${at}/invalidate`]: lines(step.invalidate),
    ...(step.prepare ? { [`${at}/prepare`]: { text: `${step.prepare.shell}\n` } } : {}),
    ...(step.confirm ? confirmFiles(step.confirm, at) : {}),
  }
}

function confirmFiles({ paths = [], reload = [], stop = [] }: Confirmation, at: string): Archive {
  return {
    [`${at}/confirm`]: lines(paths),
    [`${at}/reload`]: lines(reload),
    [`${at}/stopped`]: lines(stop),
  }
}

function ids(things: readonly OwnedId[]): { readonly text: string } {
  return lines(things.map(({ kind, key }) => `${kind}\t${key}`))
}

function lines(words: readonly string[]): { readonly text: string } {
  return { text: words.map((word) => `${word}\n`).join('') }
}

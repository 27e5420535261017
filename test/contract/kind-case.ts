/** The contract that every kind of resource keeps on a real machine, and how one case of it is proven. */
import assert from 'node:assert/strict'
import type { Outcome } from '../../src/engine/events.ts'
import type { HostPlan } from '../../src/engine/plan-types.ts'
import type { ResourceList } from '../../src/model/resource.ts'

/** A machine that cases are proven on: it is planned and changed by copse, and looked at and broken by hand. */
export interface ContractHost {
  plan(resources: ResourceList): Promise<HostPlan>
  apply(plan: HostPlan): Promise<Outcome>
  /** Runs POSIX sh as root; `output` is both streams. */
  shell(command: string): Promise<{ readonly code: number; readonly output: string }>
}

/** Something that somebody does by hand, and the line of the plan that must tell of it. */
export interface Break {
  readonly by: string
  /** `KIND KEY: words`, as `told` writes a change. */
  readonly named: RegExp
}

export interface KindCase {
  /** What is proven, as a sentence. */
  readonly title: string
  readonly resources: ResourceList
  /** POSIX sh: what stands there before copse. */
  readonly before?: string
  /** POSIX sh that ends with 0 when all is as wanted. */
  readonly holds: string
  readonly breaks: readonly Break[]
  /** POSIX sh that ends with 0 when copse has let go: what it made is gone, and what was there before is back. */
  readonly gone: string
}

/** Applied, the diff is empty; broken, it is named; applied again, it is mended; removed, it is gone. */
export async function proveKind(host: ContractHost, { resources, ...proven }: KindCase): Promise<void> {
  await succeed(host, proven.before ?? ':')
  assert.notEqual(told(await host.plan(resources)).length, 0, 'there is nothing to make')
  await settle(host, resources)
  await succeed(host, proven.holds)
  for (const { by, named } of proven.breaks) {
    await succeed(host, by)
    const seen = told(await host.plan(resources)).join('\n')
    assert.match(seen, named, `after ${by}: ${named} is not in\n${seen}`)
    await settle(host, resources)
    await succeed(host, proven.holds)
  }
  await settle(host, [])
  await succeed(host, proven.gone)
}

/** Applies what is planned; afterwards nothing may be left to do. */
async function settle(host: ContractHost, resources: ResourceList): Promise<void> {
  const plan = await host.plan(resources)
  const outcome = await host.apply(plan)
  assert.equal(outcome.result, 'changed', `${told(plan).join('\n')}\n${outcome.detail}\n${outcome.log}`)
  assert.deepEqual(told(await host.plan(resources)), [], 'the diff after applying is not empty')
}

async function succeed(host: ContractHost, command: string): Promise<void> {
  const { code, output } = await host.shell(`set -eu\n${command}`)
  assert.equal(code, 0, `${command}\n${output}`)
}

/** A plan's changes and what it only forgets, a line each. */
export function told(plan: HostPlan): readonly string[] {
  return [
    ...plan.changes.map(({ kind, key, action, why }) => `${action} ${kind} ${key}: ${why.join('; ')}`),
    ...plan.forget.map(({ kind, key }) => `forget ${kind} ${key}`),
  ]
}

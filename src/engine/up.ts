/** Plan, make machines, apply, look again, verify: the whole of `copse up`. */
import { CopseError } from '../lib/errors.ts'
import type { Verdict } from '../model/probe.ts'
import type { Payload } from '../resources/kind.ts'
import { askAcme } from './acme.ts'
import { firstReleases } from './apps/first.ts'
import { proveReleases } from './apps/prove.ts'
import { tellKeys } from './apps/tell-keys.ts'
import { convergeHosts } from './converge.ts'
import type { Outcome } from './events.ts'
import { type Machines, makeMachines } from './machine-changes.ts'
import type { ChangeOptions } from './options.ts'
import { isEmpty, type Plan } from './plan-types.ts'
import { look } from './planning.ts'
import { closePublished, openPublished, requirePublished } from './publish.ts'
import { isLost, troubleOf, type UpReport } from './report.ts'
import { asRun, type Run } from './run.ts'
import type { Session } from './session.ts'
import { loadX509 } from './tls/x509.ts'
import { probesOf, verify } from './verify.ts'

/** Makes the environment what the definition says. */
export async function up(session: Session, options: ChangeOptions): Promise<UpReport> {
  return asRun(session, options, (run) => converge(session, options, run))
}

/** Connecting takes longest, so it is begun before anything else is known; whoever needs a connection learns of its trouble. */
export function dial(session: Session, hosts: readonly string[]): void {
  for (const host of hosts) session.transport(host).catch(() => undefined)
  session.secrets.open().catch(() => undefined)
}

/** Applies a saved plan exactly; a host that has moved since is refused. */
export async function applySaved(session: Session, plan: Plan, options: ChangeOptions): Promise<UpReport> {
  if (plan.machines.length > 0)
    throw new CopseError(
      'usage',
      'a saved plan with machines to make cannot be applied: what they need is only known once they run',
      {
        hint: `copse up ${plan.environment}`,
      },
    )
  return asRun(session, options, async (run) => {
    await makeSecrets(
      session,
      plan.hosts.map(({ host }) => host),
    )
    requireDigests(plan)
    await requirePublished(session, plan)
    return execute(session, { plan, options, run })
  })
}

/** What hosts are to be given must be there before anything is planned. */
async function makeSecrets({ secrets, context }: Session, hosts: readonly string[]): Promise<void> {
  const tell = (message: string) => context.emit({ event: 'progress', subject: 'secrets', message })
  if (await secrets.readdress())
    tell(
      `${secrets.store.file} is encrypted to the people of the config now; who has left knows what was in it`,
    )
  const made = await secrets.make(hosts)
  if (made.length > 0) tell(`made ${made.join(', ')} in ${secrets.store.file}`)
}

/** A plan says what units are restarted for by the digests of their files: without those it would not be the whole. */
function requireDigests({ environment, hosts }: Plan): void {
  const steps = hosts.flatMap((host) => (host.state === 'observed' ? host.steps : []))
  const payloads = steps.flatMap(({ payloads = {} }) => Object.values(payloads))
  const isKnown = (payload: Payload) => {
    if ('secret' in payload) return payload.secret.digest !== undefined
    return !('leaf' in payload) || payload.leaf.authority !== undefined
  }
  if (payloads.every(isKnown)) return
  throw new CopseError('refused', 'the plan was made before its secrets were; they are there now', {
    hint: `plan again: copse plan ${environment} --out FILE`,
  })
}

/** The part of a run between its lock and its journal entry; `rebuild` uses it too. */
export async function converge(session: Session, options: ChangeOptions, run: Run): Promise<UpReport> {
  const { provider, providerContext } = session
  await makeSecrets(session, options.hosts)
  let machines = await provider.list(providerContext)
  // An engine that copse started may be down since the box rebooted: then nothing is known before it runs again.
  if (provider.makesMachines && machines.some(({ state }) => state === 'unknown')) {
    await provider.prepare(providerContext)
    machines = await provider.list(providerContext)
  }
  const { hosts, isAnew } = options
  const probes = isAnew ? [] : probesOf(session, hosts).filter(({ isFast }) => isFast)
  const [{ plan, verdicts }] = await Promise.all([
    look(session, { machines, hosts, probes, isAnew }),
    provider.mend?.(providerContext),
  ])
  if (!isEmpty(plan) && !(await options.consent(plan)))
    throw new CopseError('refused', `nothing was changed in ${plan.environment}: the plan was not confirmed`)
  const report = await execute(session, { plan, options, run, known: verdicts })
  await endSuccession(session, report)
  return report
}

/** Once all hosts have leaves of the new authority and trust it, the former one has no more use. */
async function endSuccession({ desired, secrets, context }: Session, { outcomes }: UpReport): Promise<void> {
  const isWell = (host: string) =>
    outcomes.some((one) => one.host === host && (one.result === 'changed' || one.result === 'unchanged'))
  if (!desired.hosts.every(({ host }) => isWell(host.name)) || !(await secrets.endSuccession())) return
  context.emit({
    event: 'progress',
    subject: 'secrets',
    message: 'all hosts trust the new certificate authority; the next up takes the former one from them',
  })
}

interface Execution {
  readonly plan: Plan
  readonly options: ChangeOptions
  readonly run: Run
  /** What probes said when the plan was made. */
  readonly known?: readonly Verdict[]
}

async function execute(session: Session, { plan, options, run, known = [] }: Execution): Promise<UpReport> {
  const began = performance.now()
  await run.raise(Math.max(0, ...plan.hosts.map((host) => (host.state === 'observed' ? host.run : 0))))
  const machines = await makeMachines(session, plan, { isCold: options.isCold ?? false, run: run.number })
  if (hasCertificates(plan)) loadX509().catch(() => undefined)
  const { lockTimeoutMs: waitMs } = options
  await closePublished(session, plan)
  const converged = await convergeHosts(session, { plan, machines, run: run.number, waitMs })
  const released = await firstReleases(session, { outcomes: converged, run: run.number, waitMs })
  const reached = [...machines.lost, ...released]
  await openPublished(session, plan, reached)
  await askAcme(session, reached)
  const [verdicts] = await Promise.all([
    session.context.signal.aborted ? [] : verifyReached(session, reached, known),
    tellKeys(session, reached),
  ])
  const outcomes = await Promise.all(reached.map((outcome) => rid(machines, outcome)))
  await proveReleases(session, { outcomes, verdicts })
  return { plan, outcomes, verdicts, ms: Math.round(performance.now() - began) }
}

/** The library that makes them takes a while to read: while machines are made there is time. */
function hasCertificates({ hosts }: Plan): boolean {
  return hosts.some(
    (host) => host.state !== 'unreachable' && host.changes.some(({ kind }) => kind === 'certificate'),
  )
}

/** A host is as wanted once nothing of its former machine is left. */
async function rid({ ended }: Machines, outcome: Outcome): Promise<Outcome> {
  const trouble = await ended(outcome.host)
  if (!trouble || isLost(outcome)) return outcome
  const detail = `its former machine could not be removed: ${trouble.message}`
  return { ...outcome, result: 'failed', detail, hint: trouble.hint }
}

/** After changes every probe of the reached hosts, else the fast ones that nobody has asked yet. */
async function verifyReached(
  session: Session,
  outcomes: readonly Outcome[],
  known: readonly Verdict[],
): Promise<readonly Verdict[]> {
  if (troubleOf({ outcomes, verdicts: [] }) === 'failed') return []
  const hosts = outcomes.filter((outcome) => !isLost(outcome)).map(({ host }) => host)
  const isQuiet = outcomes.every(({ result }) => result === 'unchanged')
  return verify(session, { hosts, fastOnly: isQuiet, known: isQuiet ? known : [] })
}

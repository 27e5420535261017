/** `copse ci status|logs|start|push|run|key ENV`: what the CI server has built, what it is to build, and its job run beside it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { suggest } from '../../config/words.ts'
import { type Build, buildsOfRequest, jobsOf, readBuilds } from '../../engine/ci/builds.ts'
import { promotionKey } from '../../engine/ci/key.ts'
import { newLines, readNothing } from '../../engine/ci/log.ts'
import { pushBranch } from '../../engine/ci/push.ts'
import { startJob } from '../../engine/ci/server.ts'
import type { Session } from '../../engine/session.ts'
import { CopseError, exitCodes } from '../../lib/errors.ts'
import { type CiRunFlags, ciRunFlags, runJob } from '../ci-run.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { buildEntries } from '../documents.ts'
import { withEnvironment } from '../environment.ts'
import { changeFlags, sessionFlags } from '../flags.ts'
import { printable } from '../printable.ts'
import { meaningOf, renderBuilds } from '../render-builds.ts'
import { printDocument } from '../schemas.ts'

interface CiFlags extends CiRunFlags {
  readonly lines: number
}

type Asked = Invocation<CiFlags>

/** What the CI server is asked for. */
const asking = new Map([
  ['status', status],
  ['logs', logs],
  ['start', start],
  ['push', push],
  ['key', key],
])

export const command = defineCommand<CiFlags>({
  words: ['status|logs|start|push|run|key', 'ENV', '[JOB|BRANCH]', '[NUMBER]'],
  flags: [
    ...ciRunFlags,
    ...sessionFlags,
    ...changeFlags,
    {
      flags: '-n, --lines <N>',
      description: 'status: the newest N builds; default 20',
      parse: count,
      initial: 20,
    },
  ],
  more: `Examples:
  copse ci status dev [JOB]            the newest builds, their tests, and the names of those that failed
  copse ci logs dev [JOB] [NUMBER]     what the steps of a build printed; default: the newest build
  copse ci start dev rebuild           starts a job and follows it
  copse ci push dev [BRANCH]           brings a branch of the repository around the config to git@git.DOMAIN:ECOSYSTEM.git
  copse ci run dev rebuild             the same steps on this box, on a machine made for that as the CI host is
  copse ci key dev                     the public key by which environments that promote builds know each other
A push of the branch that the role names builds, tests and deploys every app; of another branch it only builds and tests.
Whoever stops following a build does not stop it.
run takes the folders as the config names them, committed or not, and deploys nothing unless told; the CI host need not be up.
It alone makes machines anew: the CI host holds no key to the box.
Exit codes: start and run end with 1 where the build is red.`,
  run(invocation) {
    const [verb = '', ...words] = invocation.words
    const { deploy, machines, ref } = invocation.flags
    const asked = { ...invocation, command: `ci ${verb}`, words }
    if (verb === 'run') return runJob(asked)
    const act = asking.get(verb)
    if (!act) throw unknownVerb(verb)
    if (deploy || machines || ref !== undefined) throw onlyRun(verb, words[0])
    return withEnvironment(asked, ({ session }) => act(asked, session))
  },
})

function unknownVerb(verb: string): CopseError {
  const message = verb === '' ? 'copse ci needs to know what to do' : `copse ci cannot ${verb}`
  return new CopseError('usage', message, {
    hint: `copse ci status ENV; there are ${[...asking.keys(), 'run'].join(', ')}`,
  })
}

/** The CI host holds no key to the box, and decides by the branch what it deploys. */
function onlyRun(verb: string, environment = 'ENV'): CopseError {
  return new CopseError('usage', `copse ci ${verb} takes no --ref, --deploy or --machines`, {
    hint: `those are of: copse ci run ${environment} rebuild`,
  })
}

function count(value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value)
  throw new CopseError('usage', `"${value}" is not a number of builds`, { hint: 'write a number such as 20' })
}

async function status({ flags, screen, words }: Asked, session: Session): Promise<number> {
  const job = words[1] === undefined ? undefined : await jobNamed(session, words[1])
  const builds = await readBuilds(session, { job, limit: flags.lines })
  if (flags.json) printDocument(screen, 'ci status', documentOf(session, builds))
  else screen.print(renderBuilds(builds, screen.paint))
  return 0
}

function documentOf(session: Session, builds: readonly Build[]) {
  return { environment: session.desired.environment.name, builds: buildEntries(builds) }
}

async function jobNamed(session: Session, name: string): Promise<string> {
  const jobs = await jobsOf(session)
  if (jobs.includes(name)) return name
  throw new CopseError('usage', `the CI server has no job ${name}`, { hint: suggest(name, jobs) })
}

async function logs({ screen, words }: Asked, session: Session): Promise<number> {
  const [, name, number] = words
  const job = name === undefined ? undefined : await jobNamed(session, name)
  const builds = await readBuilds(session, { job, limit: number === undefined ? 1 : 1000 })
  const build = builds.find((one) => number === undefined || String(one.number) === number)
  if (!build)
    throw new CopseError(
      'failed',
      number === undefined ? 'nothing has been built yet' : `there is no build ${number}`,
    )
  screen.note(`${build.job} ${build.number}: ${build.result}\n`)
  await print(session, screen, await newLines(session, build.id, readNothing()))
  return 0
}

async function print(session: Session, screen: Asked['screen'], lines: readonly string[]): Promise<void> {
  const { conceal } = await session.secrets.known()
  for (const line of lines) screen.print(`${printable(conceal(line))}\n`)
}

async function start(asked: Asked, session: Session): Promise<number> {
  const { screen, words, flags } = asked
  if (words[1] === undefined)
    throw new CopseError('usage', 'copse ci start needs the name of a job', {
      hint: suggest('', await jobsOf(session)),
    })
  const request = await startJob(session, await jobNamed(session, words[1]))
  const build = await follow(session, request, async (lines) => {
    if (!flags.json) await print(session, screen, lines)
  })
  if (flags.json) printDocument(screen, 'ci status', documentOf(session, [build]))
  else screen.print(`\n${renderBuilds([build], screen.paint)}`)
  return meaningOf(build.result) === 'good' ? 0 : exitCodes.failed
}

/** Until the last build of the request has ended: one that was interrupted is made again. */
async function follow(
  session: Session,
  request: number,
  tell: (lines: readonly string[]) => Promise<void>,
): Promise<Build> {
  const { signal } = session.context
  const read = readNothing()
  for (;;) {
    const [build] = await buildsOfRequest(session, request)
    if (build) await tell(await newLines(session, build.id, read))
    if (build && build.result !== 'running' && build.result !== 'retry') return build
    await sleep(1000, undefined, { signal })
  }
}

async function push({ screen, words, flags }: Asked, session: Session): Promise<number> {
  const { branch, commit, said, isNew } = await pushBranch(session, words[1])
  const { name } = session.desired.environment
  if (flags.json) printDocument(screen, 'ci push', { environment: name, branch, commit, isNew })
  else if (isNew) screen.print(`Pushed ${commit.slice(0, 12)} of ${branch}.\n`)
  else
    screen.print(
      `${branch} is at ${commit.slice(0, 12)} already: copse ci start ${name} rebuild builds it again.\n`,
    )
  if (!flags.json) for (const line of said) screen.print(`${printable(line)}\n`)
  return 0
}

async function key({ screen, words, flags, typed }: Asked, session: Session): Promise<number> {
  const environment = words[0] ?? session.desired.environment.name
  const made = await promotionKey(session, { lockTimeoutMs: flags.lockTimeout, command: typed })
  if (flags.json) printDocument(screen, 'ci key', { environment, key: made })
  else screen.print(`${made}\n`)
  return 0
}

/** Asks the CI server of an environment on its own host, so that no credentials leave that. */
import { CopseError } from '../../lib/errors.ts'
import { sh } from '../../lib/shell.ts'
import { type Host, hostsWithRole } from '../../model/environment.ts'
import type { Session } from '../session.ts'

/** The host with the role `ci`, and what answers there. */
export interface CiServer {
  readonly host: Host
  /** On the host itself. */
  readonly local: string
  /** For people, with a slash at the end. */
  readonly url: string
}

/** Throws CopseError where the environment has none. */
export function ciServerOf({ desired: { environment } }: Pick<Session, 'desired'>): CiServer {
  const [host] = hostsWithRole(environment, 'ci')
  const door = host?.endpoints.find(({ role, name }) => role === 'ci' && name === 'page')
  if (!host || !door)
    throw new CopseError('failed', `no host of ${environment.name} has the role ci`, {
      hint: 'give one the role ci()',
    })
  const { port } = door
  const url = `http://${host.fqdn}${port === 80 ? '' : `:${port}`}/`
  return { host, local: `http://127.0.0.1:${port}`, url }
}

/** What stands between two answers; JSON has none. */
const between = '\u001e'

/** What it answers to these paths, in their order; undefined for what it does not know. */
export async function askCi(session: Session, paths: readonly string[]): Promise<readonly unknown[]> {
  const { host, local } = ciServerOf(session)
  const script = sh`set -eu
for path in ${paths}; do
  code=0
  curl -fsS --noproxy '*' --max-time 30 --retry 3 --retry-connrefused -H 'Accept: application/json' ${local}/"$path" || code=$?
  case $code in 0 | 22) ;; *) exit "$code" ;; esac
  printf '\\036'
done`
  const stdout = await onCi(session, script.shell, `the CI server on ${host.name} does not answer`)
  return stdout
    .split(between)
    .slice(0, paths.length)
    .map((text) => (text.trim() === '' ? undefined : parsed(text)))
}

/** Starts a job; the number of the request. */
export async function startJob(session: Session, job: string): Promise<number> {
  const { local } = ciServerOf(session)
  const body = JSON.stringify({
    ...{ jsonrpc: '2.0', id: 1, method: 'force' },
    params: { reason: 'copse ci start' },
  })
  const script = sh`set -eu
printf 'user = "ci:%s"\\n' "$(cat /etc/copse/ci/api-password)" |
  curl -fsS --noproxy '*' --max-time 30 -K - -H 'Content-Type: application/json' -d ${body} ${local}/api/v2/forceschedulers/${job}`
  const answer = parsed(await onCi(session, script.shell, `the job ${job} was not started`))
  const request = /"result":\s*\[\d+,\s*\{"\d+":\s*(\d+)/.exec(JSON.stringify(answer))?.[1]
  if (request === undefined) throw new CopseError('failed', `the CI server did not say what it started`)
  return Number(request)
}

async function onCi(session: Session, script: string, trouble: string): Promise<string> {
  const transport = await session.transport(ciServerOf(session).host.name)
  const { code, stdout, stderr } = await transport.run(
    { main: { text: `${script}\n` } },
    session.context.signal,
  )
  if (code === 0) return stdout
  throw new CopseError('failed', [trouble, stderr.trim()].filter((part) => part !== '').join(': '), {
    hint: `copse verify ${session.desired.environment.name}`,
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CopseError('failed', 'the CI server answered something else than JSON', { cause: error })
  }
}

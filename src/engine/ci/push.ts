/** Brings a branch to the repository of the CI host over copse's own connection, as a push would. */
import { dirname } from 'node:path'
import { CopseError } from '../../lib/errors.ts'
import { lines, sh } from '../../lib/shell.ts'
import { git, isInWorkTree } from '../apps/git.ts'
import type { Session } from '../session.ts'
import { type Bundle, bundleOf } from './bundle.ts'
import { ciServerOf } from './server.ts'

/** What was pushed, and whether anything was new. */
export interface Pushed {
  readonly branch: string
  readonly commit: string
  /** What the hook said, line by line; nothing where the branch was there already. */
  readonly said: readonly string[]
  readonly isNew: boolean
}

/** `ref`: a branch of the repository around the config; default: the one that is checked out. */
export async function pushBranch(session: Session, ref?: string): Promise<Pushed> {
  const { signal } = session.context
  const { environment, file } = session.desired
  const folder = dirname(file)
  if (!isInWorkTree(folder))
    throw new CopseError('failed', `${folder} is in no git repository`, { hint: 'git init, and commit' })
  const ask = async (...words: readonly string[]) => (await git(folder, words, signal)).toString().trim()
  const branch = ref ?? (await ask('branch', '--show-current'))
  if (branch === '')
    throw new CopseError('usage', 'no branch is checked out', {
      hint: `copse ci push ${environment.name} BRANCH`,
    })
  const commit = await ask('rev-parse', '--verify', '--end-of-options', `refs/heads/${branch}^{commit}`)
  const path = `/srv/git/${environment.ecosystem}.git`
  const there = await refsOf(session, path)
  if (there.get(`refs/heads/${branch}`) === commit) return { branch, commit, said: [], isNew: false }
  const known = await those(there.values(), (id) => ask('cat-file', '-e', `${id}^{commit}`))
  await using bundle = await bundleOf(folder, { branch, known }, signal)
  return { branch, commit, said: await take(session, { path, branch, commit, bundle }), isNew: true }
}

/** Those ids that the question does not fail for. */
async function those(
  ids: Iterable<string>,
  ask: (id: string) => Promise<unknown>,
): Promise<readonly string[]> {
  const all = await Promise.all(
    [...new Set(ids)].map(async (id) => ((await ask(id).catch(() => undefined)) === undefined ? [] : [id])),
  )
  return all.flat()
}

const asGit = sh`as_git() { setpriv --reuid=git --regid=git --init-groups env HOME=/srv/git "$@"; }`

async function refsOf(session: Session, path: string): Promise<ReadonlyMap<string, string>> {
  const script = lines([
    sh`set -eu
cd /`,
    asGit,
    sh`as_git git --git-dir=${path} for-each-ref --format='%(refname) %(objectname)'`,
  ])
  const stdout = await run(session, { main: { text: `${script.shell}\n` } })
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [ref = '', id = ''] = line.split(' ')
      return id === '' ? [] : [[ref, id] as const]
    }),
  )
}

interface Taken {
  readonly path: string
  readonly branch: string
  readonly commit: string
  readonly bundle: Bundle
}

/** The account of the repository takes it, so nothing in there becomes another's; a branch only goes forward, as in a push. */
async function take(session: Session, { path, branch, commit, bundle }: Taken): Promise<readonly string[]> {
  const ref = `refs/heads/${branch}`
  const script = lines([
    sh`set -eu`,
    asGit,
    sh`work=$(mktemp -d /var/tmp/push.XXXXXX)
trap 'rm -rf -- "$work"' EXIT
mv bundle "$work"/bundle
chown -R git:git "$work"
cd /
old=$(as_git git --git-dir=${path} rev-parse --verify --quiet ${ref}) || old=0000000000000000000000000000000000000000
as_git git --git-dir=${path} fetch --quiet "$work"/bundle ${ref}:${ref} || {
  echo 'its branch has commits that this one has not; fetch and merge them first' >&2
  exit 1
}
printf '%s %s %s\\n' "$old" ${commit} ${ref} | as_git /usr/local/lib/copse/ci/hooks/post-receive 2>&1`,
  ])
  const stdout = await run(session, {
    main: { text: `${script.shell}\n` },
    bundle: { file: bundle.file, digest: bundle.digest },
  })
  return stdout.split('\n').filter((line) => line !== '')
}

async function run(
  session: Session,
  archive: Parameters<Awaited<ReturnType<Session['transport']>>['run']>[0],
) {
  const { host } = ciServerOf(session)
  const transport = await session.transport(host.name)
  const { code, stdout, stderr } = await transport.run(archive, session.context.signal)
  if (code === 0) return stdout
  throw new CopseError('failed', `the repository on ${host.name} did not take it: ${stderr.trim()}`)
}

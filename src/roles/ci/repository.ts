/** The bare repository that people push to: over SSH, as an account that can do nothing else. */
import { authorizedKeys, command, directory, type Environment, file, type ResourceList, user, z } from 'copse'
import { agentGroup } from './agent.ts'
import { repositoryPath } from './app-table.ts'

/** Repositories and the account's keys; on a volume. */
export const gitPath = '/srv/git'

const account = 'git'
const hooksPath = '/usr/local/lib/copse/ci/hooks'

/** The option of the role. */
export const repositoryOptions = z
  .strictObject({
    /** The branch that is deployed; others are only built and tested. */
    branch: z
      .string()
      .regex(/^[A-Za-z0-9][\w-]*(?:[./][\w-]+)*$/, 'must be the name of a branch')
      .default('main'),
    /** Where the directory of the config is in it; empty: at its top. */
    folder: z
      .string()
      .regex(
        /^$|^(?!\.\.?(?:\/|$))[\w.-]+(?:\/(?!\.\.?(?:\/|$))[\w.-]+)*$/,
        'must be the path of a folder in the repository, such as servers/office',
      )
      .default(''),
  })
  .prefault({})

/** It needs the package git, the group of the agent and the directory of the master's programs. */
export function repository(environment: Environment, branch: string): ResourceList {
  const keys = environment.people.flatMap((person) => person.keys)
  return [
    directory(gitPath),
    user(account, {
      system: true,
      home: gitPath,
      shell: '/usr/bin/git-shell',
      groups: [agentGroup],
      comment: 'repositories',
    }),
    directory(hooksPath),
    file(`${hooksPath}/post-receive`, { source: './host/post-receive.sh', mode: 0o755 }),
    bare(repositoryPath(environment), branch),
    authorizedKeys(
      account,
      keys.map((key) => `restrict ${key}`),
    ),
  ]
}

/** All that is there may come from a former machine, whose account had another number: the keys are read by this one. */
function bare(path: string, branch: string) {
  return command(
    `install -d -o ${account} -g ${account} -m 0750 ${path}
find ${gitPath} -mindepth 1 ! -user ${account} -exec chown -h ${account}:${account} {} +
as_owner() { setpriv --reuid=${account} --regid=${account} --init-groups env HOME=${gitPath} git "$@"; }
as_owner init --quiet --bare --initial-branch=${branch} ${path}
as_owner --git-dir=${path} symbolic-ref HEAD refs/heads/${branch}
as_owner --git-dir=${path} config core.hooksPath ${hooksPath}
as_owner --git-dir=${path} config receive.fsckObjects true
`,
    {
      name: `the repository ${path}`,
      unless: `cd ${path} && [ -z "$(find ${gitPath} -mindepth 1 ! -user ${account} -print -quit)" ] && [ "$(cat HEAD)" = 'ref: refs/heads/${branch}' ] && grep -q 'hooksPath = ${hooksPath}$' config && grep -q 'fsckObjects = true' config`,
    },
  )
}

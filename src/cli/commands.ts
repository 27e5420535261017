/** Every command, in the order of the help; its file is loaded when it is named. A new command is one file and one line here. */
import type { Command } from './command.ts'

/** A command's line in the help, and where the rest of it is. */
export interface CommandLine {
  readonly name: string
  readonly alias?: string
  readonly summary: string
  /** False for what does not begin with one environment of a config. Default true. */
  readonly readsConfig?: boolean
  load(): Promise<{ readonly command: Command }>
}

// biome-ignore format: one line per command.
export const commands: readonly CommandLine[] = [
  { name: 'init', readsConfig: false, summary: 'write a starter config that comes up as it is', load: () => import('./commands/init.ts') },
  { name: 'doctor', readsConfig: false, summary: 'check this box and say how to mend it', load: () => import('./commands/doctor.ts') },
  { name: 'plan', summary: 'show what would change; touch nothing', load: () => import('./commands/plan.ts') },
  { name: 'up', summary: 'make the environment what the definition says, and verify it', load: () => import('./commands/up.ts') },
  { name: 'apply', summary: 'apply a saved plan exactly', load: () => import('./commands/apply.ts') },
  { name: 'destroy', summary: 'destroy the machines of an environment, or some of them', load: () => import('./commands/destroy.ts') },
  { name: 'rebuild', summary: 'destroy some machines and make them again', load: () => import('./commands/rebuild.ts') },
  { name: 'status', alias: 'ps', summary: 'hosts, addresses, states and roles', load: () => import('./commands/status.ts') },
  { name: 'verify', summary: 'ask every probe', load: () => import('./commands/verify.ts') },
  { name: 'drift', summary: 'what on the hosts no longer matches; read-only', load: () => import('./commands/drift.ts') },
  { name: 'diff', summary: 'how alike two environments are, and who answers for what is not', load: () => import('./commands/diff.ts') },
  { name: 'dns', summary: 'every name, its address, and what the server answers', load: () => import('./commands/dns.ts') },
  { name: 'ssh', summary: 'log in on a host', load: () => import('./commands/ssh.ts') },
  { name: 'ssh-config', summary: 'print OpenSSH settings for the hosts', load: () => import('./commands/ssh-config.ts') },
  { name: 'exec', summary: 'run a command on hosts, as root', load: () => import('./commands/exec.ts') },
  { name: 'logs', summary: 'what hosts have logged, from the host that keeps it', load: () => import('./commands/logs.ts') },
  { name: 'adopt', summary: 'take over an environment that another operator has made on this box', load: () => import('./commands/adopt.ts') },
  { name: 'build', summary: 'build an app, and keep what came out; roll nothing out', load: () => import('./commands/build.ts') },
  { name: 'deploy', summary: 'build an app and roll its new release out, host by host', load: () => import('./commands/deploy.ts') },
  { name: 'rollback', summary: 'start a former release of an app again', load: () => import('./commands/rollback.ts') },
  { name: 'releases', summary: 'the releases of an app, and where each runs', load: () => import('./commands/releases.ts') },
  { name: 'ci', summary: 'what the CI server has built: status, logs; start a job, push a branch', load: () => import('./commands/ci.ts') },
  { name: 'restore', summary: 'bring data back from a kept dump, or prove that it could be', load: () => import('./commands/restore.ts') },
  { name: 'images', summary: 'the golden images that machines are copied from', load: () => import('./commands/images.ts') },
  { name: 'secrets', summary: 'what is kept secret: list, set, get, edit', load: () => import('./commands/secrets.ts') },
  { name: 'ca', summary: 'the certificate authority of an environment', load: () => import('./commands/ca.ts') },
  { name: 'history', summary: 'what was done, when and by whom', load: () => import('./commands/history.ts') },
  { name: 'config', summary: 'print the resolved definition as JSON', load: () => import('./commands/config.ts') },
  { name: 'docs', readsConfig: false, summary: 'read the documentation', load: () => import('./commands/docs.ts') },
  { name: 'version', readsConfig: false, summary: 'print the version', load: () => import('./commands/version.ts') },
]

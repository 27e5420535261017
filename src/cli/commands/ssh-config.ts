/** `copse ssh-config ENV`: OpenSSH settings for the hosts, for `~/.ssh/config` and every tool that reads it. */
import { sshConfigStanza } from '../../transports/ssh/arguments.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type HostFlags, hostFlags } from '../flags.ts'
import { linksOf } from '../ssh-links.ts'

export const command = defineCommand<HostFlags>({
  words: ['ENV'],
  flags: hostFlags,
  more: `Example:
  copse ssh-config dev > ~/.ssh/copse-dev    and \`Include copse-dev\` at the top of ~/.ssh/config
Then ssh devweb1, scp, rsync, git and editors go in as \`copse ssh\` does: with your own key where you are in
the environment's \`people\`, else with that of copse.`,
  run: (invocation) =>
    withEnvironment(invocation, async ({ session, hosts }) => {
      const { screen } = invocation
      for (const { host, link, trouble } of await linksOf(session)) {
        if (!hosts.includes(host.name)) continue
        if (link) screen.print(`${sshConfigStanza(link, [host.machine, host.fqdn])}\n`)
        else screen.note(`${host.name} is left out: ${trouble?.message ?? 'there is no way in'}\n`)
      }
      return 0
    }),
})

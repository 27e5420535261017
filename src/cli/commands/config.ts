/** `copse config ENV`: the resolved definition as JSON. */
import { defineCommand } from '../command.ts'
import { desiredOf } from '../environment.ts'
import { redactedJson } from '../redact.ts'

export const command = defineCommand({
  words: ['ENV'],
  flags: [],
  more: `Names, addresses, resources and probes as copse understands them: one JSON document.
  copse config dev | jq '.hosts[].host.fqdn'`,
  async run(invocation) {
    const { environment, hosts, file } = await desiredOf(invocation)
    invocation.screen.print(`${redactedJson({ version: 1, file, environment, hosts })}\n`)
    return 0
  },
})

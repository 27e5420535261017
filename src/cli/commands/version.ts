/** `copse version`: of copse, and of what it runs on. */
import { defineCommand } from '../command.ts'
import { copseVersion } from '../version.ts'

export const command = defineCommand({
  words: [],
  flags: [],
  more: 'With -v also the versions of Node and the system.',
  async run({ flags, screen }) {
    const version = copseVersion()
    const platform = `${process.platform} ${process.arch}`
    if (flags.json)
      screen.print(`${JSON.stringify({ version: 1, copse: version, node: process.version, platform })}\n`)
    else
      screen.print(`copse ${version}\n${flags.verbose > 0 ? `node ${process.version}, ${platform}\n` : ''}`)
    return 0
  },
})

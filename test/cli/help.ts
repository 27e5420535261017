/** The help of a command, as it is printed. */
import { commands } from '../../src/cli/commands.ts'
import { makeProgram } from '../../src/cli/program.ts'

/** Help without the flags that every command has. */
export async function help(name: string): Promise<string> {
  const written: string[] = []
  const stream = { write: (text: string) => void written.push(text) }
  const around = { stdout: stream, stderr: stream }
  const program = await makeProgram(commands, { argv: [name], around, onCommand: async () => undefined })
  program.commands.find((command) => command.name() === name)?.outputHelp()
  return written.join('').replace(/\nGlobal Options:\n(?: .*\n)+/, '')
}

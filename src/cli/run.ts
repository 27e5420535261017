/** Runs one command line: parses, runs the command, and turns every ending into text and an exit code. */
import { CommanderError, type Command as Parser } from 'commander'
import { CopseError, exitCodes } from '../lib/errors.ts'
import { commands } from './commands.ts'
import { type Interrupts, listenForInterrupts } from './interrupts.ts'
import { makeProgram, type OnCommand } from './program.ts'
import { describeError } from './report-error.ts'
import { makeScreen, type ScreenFlags } from './screen.ts'

type RunFlags = ScreenFlags & { readonly verbose: number; readonly timeout?: number }

/** Before the flags are parsed, and when they cannot be. */
const noFlags: RunFlags = { json: false, quiet: false, color: true, input: true, verbose: 0 }

/** The exit code; everything that had to be said has been said. */
export async function run(argv: readonly string[]): Promise<number> {
  const { head, rest } = splitRest(argv)
  const interrupts = listenForInterrupts((text) => process.stderr.write(text))
  let flags = noFlags
  let code: number = exitCodes.usage
  const onCommand: OnCommand = async (command, parsed) => {
    flags = parsed.optsWithGlobals<RunFlags>()
    if (rest.length > 0 && !command.takesRest) throw unexpectedRest(parsed)
    if (flags.timeout !== undefined) interrupts.stopAfter(flags.timeout)
    const screen = makeScreen(process, flags)
    code = await command.run(parsed, { rest, screen, signal: interrupts.signal })
  }
  try {
    const program = await makeProgram(commands, head, onCommand)
    await program.parseAsync(head, { from: 'user' })
    return code
  } catch (error) {
    return end(error, flags, interrupts)
  }
}

/** What follows `--` is for another program: no flag of ours is looked for in it. */
function splitRest(argv: readonly string[]): { readonly head: string[]; readonly rest: readonly string[] } {
  const at = argv.indexOf('--')
  return at < 0 ? { head: [...argv], rest: [] } : { head: argv.slice(0, at), rest: argv.slice(at + 1) }
}

function unexpectedRest(parsed: Parser): CopseError {
  return new CopseError('usage', `copse ${parsed.name()} takes nothing after --`, {
    hint: `copse ${parsed.name()} --help explains it`,
  })
}

/** The parser has told its own errors already. */
function end(error: unknown, flags: RunFlags, { signal }: Interrupts): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage
  const { code, text } = describeError(error, {
    paint: makeScreen(process, flags).notePaint,
    isVerbose: flags.verbose > 1,
    isInterrupted: signal.aborted,
  })
  process.stderr.write(text)
  return code
}

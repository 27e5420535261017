/** Runs one command line: parses, runs the command, and turns every ending into text and an exit code. */
import { CommanderError, type Command as Parser } from 'commander'
import type { ConfigThread } from '../config/load-thread.ts'
import { CopseError, exitCodes } from '../lib/errors.ts'
import { quote } from '../lib/shell.ts'
import { type CommandLine, commands } from './commands.ts'
import { listenForInterrupts } from './interrupts.ts'
import { makeProgram, type OnCommand } from './program.ts'
import { describeError } from './report-error.ts'
import { makeScreen, type ScreenFlags, type Surroundings } from './screen.ts'

type RunFlags = ScreenFlags & { readonly verbose: number; readonly timeout?: number }

/** Before the flags are parsed, and when they cannot be. */
const noFlags: ScreenFlags = { json: false, quiet: false, color: true, input: true }

/** The exit code; everything that had to be said has been said. */
export async function run(argv: readonly string[], around: Surroundings): Promise<number> {
  const { head, rest } = splitRest(argv)
  const typed = ['copse', ...argv].map(quote).join(' ')
  let screen = makeScreen(around, noFlags)
  await using threads = new AsyncDisposableStack()
  let thread: ConfigThread | undefined
  using interrupts = listenForInterrupts((text) => screen.note(text))
  let verbose = 0
  let code: number = exitCodes.usage
  const onCommand: OnCommand = async (command, parsed) => {
    const flags = parsed.optsWithGlobals<RunFlags>()
    if (rest.length > 0 && !command.takesRest) throw unexpectedRest(parsed)
    verbose = flags.verbose
    if (flags.timeout !== undefined) interrupts.stopAfter(flags.timeout)
    screen = makeScreen(around, flags)
    code = await command.run(parsed, { typed, rest, screen, signal: interrupts.signal, thread })
  }
  try {
    const onWanted = async ({ readsConfig = true }: CommandLine) => {
      if (!readsConfig) return
      const { startThread } = await import('../config/load-thread.ts')
      thread = threads.use(startThread())
    }
    const program = await makeProgram(commands, { argv: head, around, onCommand, onWanted })
    await program.parseAsync(head, { from: 'user' })
    return code
  } catch (error) {
    // The parser has told its own errors already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage
    const ending = describeError(error, {
      paint: screen.notePaint,
      isVerbose: verbose > 1,
      isInterrupted: interrupts.signal.aborted,
    })
    around.stderr.write(ending.text)
    return ending.code
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

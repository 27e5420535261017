/** The parser of the command line: names and summaries of all commands, words and flags of the one that is wanted. */
import { Option, Command as Parser } from 'commander'
import type { Command } from './command.ts'
import type { CommandLine } from './commands.ts'
import { type Flag, globalFlags } from './flags.ts'
import type { Surroundings } from './screen.ts'
import { copseVersion } from './version.ts'

/** Called with the parser of the command that was typed. */
export type OnCommand = (command: Command, parsed: Parser) => Promise<void>

/** What a program is made for: the words typed, where help is written, and what happens then. */
export interface ProgramOptions {
  readonly argv: readonly string[]
  readonly around: Pick<Surroundings, 'stdout' | 'stderr'>
  readonly onCommand: OnCommand
  /** Called as soon as it is known which command it will be, before that is loaded. */
  onWanted?(line: CommandLine): Promise<void>
}

/** Only the command that the words name is loaded, so that help and version start at once. */
export async function makeProgram(
  lines: readonly CommandLine[],
  { argv, around, onCommand, onWanted }: ProgramOptions,
): Promise<Parser> {
  const program = new Parser('copse')
    .description('One typed file describes a whole eco-system of servers; copse makes it real and proves it.')
    .usage('COMMAND [ENV] [flags]')
    .version(copseVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [COMMAND]', 'print help on a command')
    .configureOutput({
      writeOut: (text) => around.stdout.write(text),
      writeErr: (text) => around.stderr.write(text),
      // Words too many may be a secret that was meant for standard input.
      outputError: (text, write) =>
        write(text.replace(/^error: /, 'copse: ').replace(/( but got \d+): [\s\S]*/, '$1.\n')),
    })
    .configureHelp({ showGlobalOptions: true, optionDescription: ({ description }) => description })
    .exitOverride()
    .addHelpText('after', exitCodesText)
  for (const flag of globalFlags) program.addOption(optionOf(flag))
  const wanted = wantedName(argv)
  for (const line of lines) {
    const parser = program.command(line.name).description(line.summary)
    if (line.alias !== undefined) parser.alias(line.alias)
    if (wanted === undefined || ![line.name, line.alias].includes(wanted)) continue
    await onWanted?.(line)
    fill(parser, (await line.load()).command, onCommand)
  }
  return program
}

const exitCodesText = `
The environment is always named, as the first word after the command.
Exit codes: 0 done, 1 failed, 2 differences found, 3 some hosts failed, 4 locked, 5 refused for safety,
64 wrong usage, 78 invalid config, 130 interrupted. More: copse docs`

/** The first word that is no flag and no flag's value; of `help NAME` the second. */
function wantedName(argv: readonly string[]): string | undefined {
  const words = argv.filter(
    (word, at) => !word.startsWith('-') && !['-C', '--directory'].includes(argv[at - 1] ?? ''),
  )
  return words[0] === 'help' ? words[1] : words[0]
}

/** Words are optional to the parser: a missing environment is answered with the names that there are. */
function fill(parser: Parser, command: Command, onCommand: OnCommand): void {
  parser.usage([...command.words, command.takesRest ? '[flags] [-- WORD...]' : '[flags]'].join(' '))
  for (const word of command.words) parser.argument(`[${word.replaceAll(/[[\]]/g, '')}]`)
  for (const flag of command.flags) parser.addOption(optionOf(flag))
  if (command.more !== '') parser.addHelpText('after', `\n${command.more.trim()}`)
  parser.showHelpAfterError(`  copse ${parser.name()} --help explains it`)
  parser.action(() => onCommand(command, parser))
}

function optionOf({ flags, description, parse, initial }: Flag): Option {
  const option = new Option(flags, description)
  if (parse) option.argParser(parse)
  return initial === undefined ? option : option.default(initial)
}

/** The process's terminal or pipes: data on stdout, progress and notes on stderr. */
import { colourPaint, type Paint, plainPaint, type Variables, wantsColour } from './paint.ts'

/** Where a command writes, and what the other side can do. */
export interface Screen {
  /** Colours for stdout. */
  readonly paint: Paint
  /** Colours for stderr. */
  readonly notePaint: Paint
  /** True when stderr may be redrawn: a terminal, not in CI. */
  readonly isLive: boolean
  /** True when somebody is there to answer a question. */
  readonly canAsk: boolean
  /** Data, on stdout. */
  print(text: string): void
  /** Progress and remarks, on stderr. */
  note(text: string): void
  /** From now until disposal, what is drawn on stderr is taken away before anything else is written. */
  attach(drawing: Drawing): Disposable
}

/** Something that redraws a part of the terminal. */
export interface Drawing {
  /** Takes it away; it may draw again at once. */
  clear(): void
  /** Takes it away until there is something new to show. */
  hide(): void
}

/** The flags that decide what a screen does. */
export interface ScreenFlags {
  readonly json: boolean
  readonly quiet: boolean
  readonly color: boolean
  readonly input: boolean
}

interface Stream {
  readonly isTTY?: boolean
  write(text: string): void
}

/** What a process offers: its streams and variables. */
export interface Surroundings {
  readonly stdin: { readonly isTTY?: boolean }
  readonly stdout: Stream
  readonly stderr: Stream
  readonly env: Variables
}

export function makeScreen({ stdin, stdout, stderr, env }: Surroundings, flags: ScreenFlags): Screen {
  const paintFor = ({ isTTY }: Stream) =>
    wantsColour(isTTY === true, env, flags.color) ? colourPaint : plainPaint
  const isTerminal = stderr.isTTY === true && env.TERM !== 'dumb' && !isContinuousIntegration(env)
  let drawn: Drawing | undefined
  return {
    paint: paintFor(stdout),
    notePaint: paintFor(stderr),
    isLive: isTerminal && !flags.quiet,
    canAsk: isTerminal && stdin.isTTY === true && flags.input && !flags.json,
    print(text) {
      drawn?.hide()
      stdout.write(text)
    },
    note(text) {
      if (flags.quiet) return
      drawn?.clear()
      stderr.write(text)
    },
    attach(drawing) {
      drawn = drawing
      return {
        [Symbol.dispose]() {
          drawing.hide()
          drawn = undefined
        },
      }
    },
  }
}

function isContinuousIntegration({ CI }: Variables): boolean {
  return CI !== undefined && !['', '0', 'false'].includes(CI)
}

/** Probes as the files of one script for a vantage point, and what that prints as verdicts. */
import type { Probe, Verdict } from '../model/probe.ts'
import { askProgram } from '../probes/asking.ts'
import { parseVerdicts, questionsText } from '../probes/questions.ts'
import type { Archive } from '../transports/transport.ts'

/** Questions that are asked from one place in one go. */
export interface Questions {
  /** `main` asks them. */
  readonly files: Archive
  /** One verdict for each probe, from what `main` printed; `conceal` takes secrets out of what is shown of it. Pure. */
  verdicts(output: string, conceal: (text: string) => string): readonly Verdict[]
}

export function makeQuestions(probes: readonly Probe[]): Questions {
  return {
    files: {
      main: { text: 'exec perl ./ask\n' },
      ask: { text: askProgram() },
      questions: { text: questionsText(probes) },
    },
    verdicts: (output, conceal) =>
      parseVerdicts(probes, output).map((verdict) => ({ ...verdict, detail: conceal(verdict.detail) })),
  }
}

/** What the host's program says while it builds, read line by line. Pure. */
import { CopseError } from '../../lib/errors.ts'
import type { Built } from './build.ts'

/** Lines that a failed build is told with. */
const shown = 20

/** What was built may print the like of it: no other path is believed. */
const reportPath = /^\/srv\/artifacts\/reports\/[0-9a-f]{64}\.xml$/

export class BuildLines {
  readonly #app: string
  readonly #tell: (line: string) => void
  #last: string[] = []
  #failed: { readonly step: string; readonly code: string; readonly line: string } | undefined
  #made: Omit<Built, 'commit'> | undefined
  #code: number | undefined
  #report: string | undefined

  constructor(app: string, tell: (line: string) => void) {
    this.#app = app
    this.#tell = tell
  }

  take(text: string): void {
    const [, word = '', first = '', second = '', rest = ''] =
      /^copse-(\w+) ?(\S*) ?(\S*) ?(.*)$/.exec(text) ?? []
    if (word === 'end') this.#code = Number(first)
    else if (word === 'artifact' && /^[0-9a-f]{64}$/.test(first))
      this.#made = { artifact: first, bytes: Number(second), isKnown: rest === 'known' }
    else if (word === 'failed') this.#failed = { step: first, code: second, line: rest }
    else if (word === 'step') this.#begin(`$ ${text.slice(`copse-step ${first} `.length)}`)
    else if (word === 'report') this.#report = reportPath.exec(first)?.[0]
    else if (word !== 'alive') this.#keep(text)
  }

  /** Where the host keeps what the test wrote, once all lines are there; undefined where it left nothing. */
  get report(): string | undefined {
    return this.#report
  }

  /** What was made, once all lines are there; a build cannot claim it, since it is what the program itself says last. */
  end(): Omit<Built, 'commit'> {
    if (this.#code === 0 && this.#made) return this.#made
    throw new CopseError('failed', [`${this.#app} was not built: ${this.#why()}`, ...this.#last].join('\n'))
  }

  #begin(line: string): void {
    this.#last = []
    this.#tell(line)
  }

  #keep(line: string): void {
    this.#last = [...this.#last, line].slice(-shown)
    this.#tell(line)
  }

  #why(): string {
    if (!this.#failed)
      return this.#code === undefined ? 'the build was cut off' : `it ended with code ${this.#code}`
    const { step, code, line } = this.#failed
    const name = step === 'test' ? 'its test' : `step ${step}`
    return `${name} (${line}) ${/^\d+$/.test(code) ? `ended with code ${code}` : whyEnded(code)}`
  }
}

/** In systemd's words for how a service ended. */
function whyEnded(result: string): string {
  if (result === 'timeout') return 'took longer than it may'
  if (result === 'oom-kill') return 'needed more memory than it may have'
  return `was ended: ${result}`
}

/** Runs command lines: in this process where that tells the same, else the real binary in a home of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../src/cli/run.ts'
import { quote } from '../../src/lib/shell.ts'

/** How a command line ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** In this process, with pipes for streams and nobody to answer. */
export async function runHere(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const said = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof said) => ({
    write(text: string) {
      said[name] += text
    },
  })
  const code = await run(args, { stdin: {}, stdout: stream('stdout'), stderr: stream('stderr'), env })
  return { code, ...said }
}

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export class Copse implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'copse-cli-'))
  readonly state = join(this.directory, 'state')

  readonly #variables = {
    PATH: process.env.PATH,
    HOME: join(this.directory, 'home'),
    XDG_STATE_HOME: this.state,
    XDG_RUNTIME_DIR: this.directory,
    NODE_COMPILE_CACHE: join(tmpdir(), 'copse-cli-compile-cache'),
  }

  constructor() {
    mkdirSync(join(this.directory, 'home'))
  }

  /** Starts it; `variables` come on top of a small environment without a terminal. */
  start(
    args: readonly string[],
    variables: Readonly<Record<string, string>> = {},
    input: 'ignore' | 'pipe' = 'ignore',
  ): ChildProcess {
    return spawn(process.execPath, [main, ...args], {
      cwd: join(this.directory, 'home'),
      stdio: [input, 'pipe', 'pipe'],
      env: { ...this.#variables, ...variables },
    })
  }

  /** Runs it to its end. */
  run(args: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Ended> {
    return endOf(this.start(args, variables))
  }

  /** Runs it to its end with this on its standard input. */
  runWith(
    input: string | Uint8Array,
    args: readonly string[],
    variables?: Readonly<Record<string, string>>,
  ): Promise<Ended> {
    const child = this.start(args, variables, 'pipe')
    child.stdin?.on('error', () => undefined).end(input)
    return endOf(child)
  }

  /** The same as a word for a shell. */
  line(args: readonly string[]): string {
    return [process.execPath, main, ...args].map(quote).join(' ')
  }

  /** Runs it on a terminal (util-linux's script), and answers its question. */
  runOnTerminal(
    args: readonly string[],
    { question, answer }: { readonly question: string; readonly answer: string },
  ): Promise<Ended> {
    const line = `stty cols 80 rows 24; ${this.line(args)}`
    const child = spawn('script', ['-qec', line, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...this.#variables, TERM: 'xterm' },
    })
    let seen = ''
    child.stdout.on('data', (text) => {
      seen += text
      if (!seen.includes(question)) return
      seen = ''
      child.stdin.write(`${answer}\n`)
    })
    return endOf(child)
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

export function endOf(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

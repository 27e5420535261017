/** The entry of the command line: `node src/cli/main.ts up dev`. */
import { run } from './run.ts'

// A reader that has seen enough (`copse plan dev | head`) must not turn the rest of a run into a crash.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

const code = await run(process.argv.slice(2), process)
// What a slow reader has not taken yet would be lost.
await Promise.all(
  [process.stdout, process.stderr].map(
    (stream) => new Promise<void>((resolve) => stream.write('', () => resolve())),
  ),
)
process.exit(code)

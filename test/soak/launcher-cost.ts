/** What ./copse adds to the same command run by Node itself: `node test/soak/launcher-cost.ts [PAIRS]` prints JSON. */
import { execFileSync } from 'node:child_process'

const root = new URL('../../', import.meta.url).pathname
const pairs = Number(process.argv[2] ?? 30)
// What the launcher sets too.
const env = { ...process.env, NODE_COMPILE_CACHE: `${root}.node/cache` }

function time(program: string, words: readonly string[]): number {
  const began = performance.now()
  execFileSync(program, [...words, 'version'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  return performance.now() - began
}

const added = Array.from({ length: pairs }, () => {
  const direct = time(`${root}.node/node`, [`${root}src/cli/main.ts`])
  return time(`${root}copse`, []) - direct
})
added.sort((a, b) => a - b)
const median = added[Math.floor(pairs / 2)] ?? 0
process.stdout.write(`${JSON.stringify({ added: Math.round(median * 10) / 10, n: pairs })}\n`)

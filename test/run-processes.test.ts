/** Processes of a test run that was killed are found by what they keep below its directory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { processesOf } from './fixture/run-processes.ts'

test('an engine is found that inherited nothing of the run but its own directory', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'run-'))
  const line = 'env -i ENGINE_DIR="$0/engine" sleep 30 >/dev/null 2>&1 & echo $!'
  const pid = Number((await execa('sh', ['-c', line, directory])).stdout)
  try {
    const found = async () => (await processesOf(directory)).map((one) => one.pid)
    await expect.poll(found, { timeout: 20_000 }).toEqual([pid])
    expect(await processesOf(directory.slice(0, -1))).toEqual([])
  } finally {
    process.kill(pid)
    rmSync(directory, { recursive: true })
  }
})

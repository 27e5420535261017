/** Runs scripts on the operator's own machine, as the operator: probes ask from there too. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Archive, Finished, Reader } from './transport.ts'

/** A reader of this machine; its archives hold text only. */
export const localReader: Reader = {
  async run(archive: Archive, signal: AbortSignal): Promise<Finished> {
    const directory = await mkdtemp(join(tmpdir(), 'copse-'))
    try {
      for (const [name, payload] of Object.entries(archive)) {
        const path = join(directory, name)
        await mkdir(dirname(path), { recursive: true })
        if ('text' in payload) await writeFile(path, payload.text)
      }
      return await runMain(directory, signal)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  },
}

/** Rejects when it is aborted, cannot be started, or says more than anybody wants to read. */
function runMain(cwd: string, signal: AbortSignal): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const options = { cwd, signal, maxBuffer: 16 * 1024 * 1024 }
    const child = execFile('sh', ['./main'], options, (error, stdout, stderr) => {
      const code = error ? error.code : 0
      if (typeof code === 'number') resolve({ code, stdout, stderr })
      else reject(signal.aborted ? signal.reason : error)
    })
    child.stdin?.end()
  })
}

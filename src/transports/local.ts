/** Runs scripts on the operator's own machine, as the operator: probes ask from there too. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
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
      const ended = await execa('sh', ['./main'], {
        cwd: directory,
        cancelSignal: signal,
        reject: false,
        stdin: 'ignore',
        maxBuffer: 16 * 1024 * 1024,
      })
      return { code: ended.exitCode ?? 1, stdout: ended.stdout, stderr: ended.stderr }
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  },
}

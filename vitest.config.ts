/**
 * Four suites: `unit` takes seconds and needs nothing; `process` starts the whole program and runs what kinds return on
 * this box, below directories of its own; `system` makes real machines; `soak` does so for longer.
 */
import { defineConfig } from 'vitest/config'

const quick = {
  // No test leaves anything behind in its process, and loading everything anew for each file takes half the time.
  isolate: false,
  // Some start the command line or a config's thread, on boxes that may be busy.
  testTimeout: 60_000,
}

const machines = {
  globalSetup: ['test/fixture/test-run.ts'],
  fileParallelism: false,
  // Ends what hangs; what may take no longer is measured by the test itself. Boxes are busy.
  testTimeout: 300_000,
  hookTimeout: 600_000,
}

export default defineConfig({
  test: {
    // Most wait for processes; by default one core would be left idle.
    maxWorkers: '100%',
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', 'test/*.test.ts'], ...quick } },
      { test: { name: 'process', include: ['test/{cli,contract}/**/*.test.ts'], ...quick } },
      { test: { name: 'system', include: ['test/system/**/*.test.ts'], ...machines } },
      {
        test: {
          name: 'soak',
          include: ['test/soak/**/*.test.ts'],
          env: { COPSE_SUITE: 'soak' },
          ...machines,
        },
      },
    ],
  },
})

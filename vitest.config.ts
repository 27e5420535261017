/** Three suites: `unit` takes seconds and needs nothing; `system` makes real machines; `soak` does so for longer. */
import { defineConfig } from 'vitest/config'

const machines = {
  globalSetup: ['test/fixture/test-run.ts'],
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 600_000,
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // No test leaves anything behind in its process, and loading everything anew for each file takes half the time.
          isolate: false,
          // Some start the command line or a config's thread, on boxes that may be busy.
          testTimeout: 60_000,
          include: [
            'src/**/*.test.ts',
            'test/*.test.ts',
            'test/cli/**/*.test.ts',
            'test/contract/**/*.test.ts',
          ],
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          ...machines,
        },
      },
      {
        test: {
          name: 'soak',
          include: ['test/soak/**/*.test.ts'],
          ...machines,
        },
      },
    ],
  },
})

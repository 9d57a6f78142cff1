import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const everywhere = ['contracts', 'core', 'registry', 'plugins']

/** Many tests wait for processes, timers and disks: one worker more than there are processors keeps them busy. */
const maxWorkers = availableParallelism() + 1

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            ...everywhere.map((folder) => `${folder}/**/*.test.ts`),
            'test/layers/**/*.test.ts',
            'test/mutants/**/*.test.ts',
          ],
          // Hundreds of small files: loading their modules anew for each would take most of the time.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      // Each of these has engines in processes of their own.
      {
        extends: true,
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], maxWorkers: Math.max(1, availableParallelism()) },
      },
    ],
  },
})

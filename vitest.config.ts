import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import LongFirst from './test/long-first.ts'

const everywhere = ['contracts', 'core', 'registry', 'plugins']

/** Many tests wait for processes, timers and disks: one worker more than there are processors keeps them busy. */
const maxWorkers = availableParallelism() + 1

export default defineConfig({
  test: {
    // Ends a test that hangs; one that starts ten processes may be slow on a machine where others work too.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Of what is waited for, much is done by other processes, which on a busy machine take their time.
    // A failure that was not seen again is known by its text alone.
    chaiConfig: { truncateThreshold: 1000 },
    expect: { poll: { timeout: 20_000, interval: 20 } },
    maxWorkers,
    sequence: { sequencer: LongFirst },
    // Sources run as they are (decision 1): in tests too, and without the time in which vite would rewrite them.
    experimental: { viteModuleRunner: false },
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      '--import',
      join(import.meta.dirname, 'test/native-modules.ts'),
    ],
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
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          setupFiles: ['test/e2e/leave-nothing.ts'],
          // These limits are for what hangs: a busy host must not fail a test.
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})

import { defineConfig } from 'vitest/config'

const everywhere = ['contracts', 'core', 'registry', 'plugins']

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [...everywhere.map((folder) => `${folder}/**/*.test.ts`), 'test/layers/**/*.test.ts'],
        },
      },
      { extends: true, test: { name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      { extends: true, test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], fileParallelism: false } },
    ],
  },
})

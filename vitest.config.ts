import { defineConfig } from 'vitest/config';

/** What these promise in milliseconds is not about a starved machine: they run after all others. */
const ALONE = ['test/e2e/durability.test.ts', 'test/e2e/numbers.test.ts'];
const ALL = ['test/**/*.test.{ts,tsx}', 'test/hard/**/*.hard.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/helpers/run-folder.ts', 'test/helpers/build.ts'],
    setupFiles: ['test/helpers/properties.ts'],
    dangerouslyIgnoreUnhandledErrors: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ALL,
          exclude: ALONE,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Imports of CommonJS packages mean what they mean to Node and to the bundle.
    deps: { interopDefault: false },
    pool: 'forks',
  },
});

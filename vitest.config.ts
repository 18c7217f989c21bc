import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/helpers/build.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Imports of CommonJS packages mean what they mean to Node and to the bundle.
    deps: { interopDefault: false },
    pool: 'forks',
    maxWorkers: 2,
    // Real terminals, browsers and processes on a machine that others use, too.
    retry: process.env['CI'] ? 3 : 0,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});

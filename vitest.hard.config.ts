// The hard tests alone (npm run test:hard); they are part of npm test, too.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/hard/**/*.hard.ts'],
    globalSetup: ['test/helpers/build.ts'],
    testTimeout: 900_000,
    hookTimeout: 120_000,
    deps: { interopDefault: false },
    pool: 'forks',
    maxWorkers: 1,
  },
});

// The hard tests alone, in their long form (npm run test:hard); their short form is part of npm test.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/hard/**/*.hard.ts'],
    globalSetup: ['test/helpers/run-folder.ts', 'test/helpers/build.ts'],
    env: { LUNAROUTE_HARD: process.env['LUNAROUTE_HARD'] ?? 'long' },
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    deps: { interopDefault: false },
    pool: 'forks',
    maxWorkers: 1,
  },
});

// The packed tarball as a newcomer installs it (npm run test:package): apart from the other tests, for
// it fetches three versions of Node, 60 MB each.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/package/**/*.package.ts'],
    globalSetup: ['test/helpers/build.ts'],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});

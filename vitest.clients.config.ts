// The real clients (npm run test:clients): apart from the other tests, for it installs about 1 GB.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/clients/**/*.clients.ts'],
    globalSetup: [
      'test/helpers/run-folder.ts',
      'test/helpers/build.ts',
      'test/helpers/install-clients.ts',
    ],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});

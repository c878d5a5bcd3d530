import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // As in tsconfig.json: here the package is its source.
  resolve: {
    alias: [
      { find: /^meshwright$/, replacement: join(import.meta.dirname, 'lib/index.ts') },
      { find: /^meshwright\/(audit|check|mesh|plugin|simulate|testing|runtime(?:\/[a-z]+)?)$/, replacement: join(import.meta.dirname, 'lib/$1/index.ts') },
      { find: /^meshwright\/imports\/facts\/(.+)$/, replacement: join(import.meta.dirname, 'imports/facts/$1.js') },
      { find: /^meshwright\/imports\/(.+)$/, replacement: join(import.meta.dirname, 'imports/$1.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/seed.ts'],
    pool: 'threads',
    // Vitest would leave one processor free, which is half of two.
    maxWorkers: availableParallelism(),
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
});

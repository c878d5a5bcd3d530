import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['meshwright-source'] },
  ssr: { resolve: { conditions: ['meshwright-source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'threads',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

/** Unit tests stand beside their source; contract and integration tests in test/. End-to-end tests are Playwright's (playwright.config.ts). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src-main/**/*.test.ts',
            'src-shared/**/*.test.ts',
            'models/**/*.test.ts',
            'assets/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          pool: 'forks',
          testTimeout: 30_000,
        },
      },
      { plugins: [vue()], test: { name: 'renderer', include: ['src-renderer/**/*.test.ts'], testTimeout: 30_000 } },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

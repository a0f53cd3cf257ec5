import { defineConfig } from '@playwright/test';

/** End-to-end tests in Chromium through the loopback shell, and in Electron where its binary is there. */
export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results/e2e',
  // One window at a time: training takes all cores, and the order of the main job is the order of the tests.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 20_000 },
  use: {
    viewport: { width: 1366, height: 768 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(process.env.PARENCHYMA_CHROMIUM ? { executablePath: process.env.PARENCHYMA_CHROMIUM } : {}),
      // Chromium's own sandbox does not start for root, as which containers run.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
});

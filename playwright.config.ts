import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** An installed Chromium where there is one, else Playwright's own. */
const installed = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

const quiet = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const port = Number(process.env.E2E_PORT ?? 4179);

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  snapshotPathTemplate: '{testDir}/snapshots/{arg}{ext}',
  // One browser at a time; `npm test` gives two to all but the spec of speed, which needs the cores for itself.
  workers: 1,
  // A busy machine is no failure: what a spec waits for comes within seconds on an idle one, and these only end what hangs.
  timeout: 300_000,
  expect: { timeout: 120_000 },
  forbidOnly: true,
  reporter: [['list']],
  use: {
    baseURL: `http://localhost:${port}/`,
    viewport: { width: 1280, height: 720 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    // Specs stand in for the network themselves; offline.spec.ts lets the service worker in.
    serviceWorkers: 'block',
    launchOptions: { executablePath: installed, args: quiet },
  },
  projects: [
    // First, so that short specs fill the end.
    {
      name: 'webgpu-software',
      testMatch: '**/*.webgpu.spec.ts',
      use: { launchOptions: { executablePath: installed, args: [...quiet, '--enable-unsafe-webgpu'] } },
    },
    {
      name: 'wasm',
      testIgnore: ['**/*.webgpu.spec.ts', '**/speed.spec.ts', '**/engines.spec.ts'],
      fullyParallel: true,
    },
    { name: 'speed', testMatch: '**/speed.spec.ts' },
    // Not Playwright's own builds of them: those that people have, over the drivers of e2e/engines.
    { name: 'firefox', testMatch: '**/engines.spec.ts', timeout: 600_000 },
    { name: 'webkit', testMatch: '**/engines.spec.ts', timeout: 600_000 },
  ],
  webServer: {
    command: `node scripts/serve.mjs --port ${port}`,
    url: `http://localhost:${port}/`,
    reuseExistingServer: false,
    timeout: 30_000,
  },
});

import { defineConfig } from '@playwright/test';
import base from './playwright.config';

/** `npm run soak`: minutes of training with memory watched; outside `npm test`. */
export default defineConfig({
  ...base,
  testMatch: '**/*.soak.ts',
  timeout: 60 * 60_000,
  projects: [{ name: 'soak' }],
});

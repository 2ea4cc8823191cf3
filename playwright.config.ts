/**
 * End-to-end tests: what a user does, in real Chromium against the built site. The site is served from a sub-path, so that
 * anything that only works from the root of a server fails here.
 */
import { defineConfig } from '@playwright/test'
import { launchOptions } from './scripts/browser.mjs'

// Workers read this file too; the variable makes them agree with the server on the port.
process.env.DUBBOOK_E2E_PORT ??= String(20_000 + (process.pid % 20_000))
const url = `http://localhost:${process.env.DUBBOOK_E2E_PORT}/some/path/`

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // One software GPU and two cores: tests that run side by side only wait for each other.
  workers: 1,
  forbidOnly: process.env.CI !== undefined,
  timeout: 10 * 60_000,
  expect: { timeout: 30_000 },
  use: {
    baseURL: url,
    viewport: { width: 1440, height: 900 },
    launchOptions: launchOptions(),
    trace: 'retain-on-failure',
  },
  webServer: {
    command: `node scripts/serve.mjs --base /some/path/ --port ${process.env.DUBBOOK_E2E_PORT}`,
    url,
    reuseExistingServer: false,
    timeout: 120_000,
  },
})

/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type Plugin } from 'vite'
import { launchOptions } from './scripts/browser.mjs'
import { codeVersion } from './scripts/code-version.ts'
import { offline } from './scripts/offline.ts'

// Reaches every module, those of workers too.
process.env.VITE_CODE_VERSION = codeVersion()

/** Nothing but the own origin may be reached, from the page and from the workers that inherit this from it. */
const policy = [
  "default-src 'none'",
  // Decoders for AC-3 and DTS are WebAssembly.
  "script-src 'self' blob: 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self' blob:",
  "worker-src blob: 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const contentSecurityPolicy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
  ],
}

export default defineConfig({
  base: './',
  plugins: [react(), contentSecurityPolicy, offline()],
  worker: { format: 'es' },
  // Loaded on first use: found while a page is open, they would make the development server reload it.
  optimizeDeps: {
    include: [
      'mediabunny',
      '@mediabunny/ac3',
      '@mediabunny/dts',
      'hyparquet-writer',
      'hyparquet',
      'umap-js',
      'react',
      'react-dom/client',
      'react/jsx-dev-runtime',
    ],
  },
  build: { target: 'es2023', modulePreload: { polyfill: false }, chunkSizeWarningLimit: 1100 },
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'bench/**/*.test.ts'],
    globalSetup: ['scripts/make-fixtures.mjs'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: launchOptions() }),
      instances: [{ browser: 'chromium' }],
    },
  },
})

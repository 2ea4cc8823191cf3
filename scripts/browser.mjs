/** How we start Chromium, the same for unit tests, end-to-end tests and the headless runner. */
import { findChromium } from './install.mjs'

/** On Linux without a display, WebGPU reaches the GPU only through these. */
const linuxGpu = ['--use-angle=vulkan', '--enable-features=Vulkan', '--disable-vulkan-surface']

/** A real GPU where there is one (`DUBBOOK_GPU=native`), otherwise Chromium's software adapter, the same everywhere. */
function adapterFlags() {
  if (process.env.DUBBOOK_GPU !== 'native') return ['--use-webgpu-adapter=swiftshader']
  return process.platform === 'linux' ? linuxGpu : []
}

/** Launch options for Playwright. The sandbox does not work for root, which is what most containers run as. */
export const launchOptions = () => ({
  executablePath: findChromium() ?? undefined,
  args: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--enable-unsafe-webgpu',
    '--disable-background-networking',
    ...adapterFlags(),
  ],
})

/** Makes the page work without a network from the next visit on (the worker itself is `scripts/service-worker.js`). */

/** Resolves once all built files are stored; rejects where one of them, or the worker, could not be had. */
async function install(): Promise<void> {
  const { installing, waiting, active } = await navigator.serviceWorker.register(new URL('sw.js', document.baseURI))
  if (waiting || active) return
  await new Promise<void>((resolve, reject) => {
    const settle = () => {
      // An installation can have failed, and its worker be gone, before anybody listens.
      if (!installing || installing.state === 'redundant')
        reject(new Error('The service worker could not store all files.'))
      else if (installing.state !== 'installing') resolve()
    }
    installing?.addEventListener('statechange', settle)
    settle()
  })
}

/** One file lost on the way fails the whole installation, and a browser asks again only at the next visit. */
function installUntilDone(delayMs = 5_000): void {
  install().catch((cause: unknown) => {
    console.warn(`The page will not open without a network yet; next attempt in ${delayMs / 1000} s.`, cause)
    setTimeout(() => installUntilDone(2 * delayMs), delayMs)
  })
}

/** Registers the service worker that the build has written; without one, as under the development server, does nothing. */
export function registerOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  // Filling its cache can wait until the page has what it needs.
  if (document.readyState === 'complete') installUntilDone()
  else addEventListener('load', () => installUntilDone(), { once: true })
}

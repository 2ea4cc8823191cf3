/** Makes the page work without a network from the next visit on (the worker itself is `scripts/service-worker.js`). */

/** Registers the service worker that the build has written; without one, as under the development server, does nothing. */
export function registerOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const register = () =>
    navigator.serviceWorker
      .register(new URL('sw.js', document.baseURI))
      .catch((cause: unknown) => console.warn('The page will not open without a network.', cause))
  // Filling its cache can wait until the page has what it needs.
  if (document.readyState === 'complete') void register()
  else addEventListener('load', register, { once: true })
}

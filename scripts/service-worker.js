/**
 * The service worker: after the first visit the notebook opens without a network. The build puts the list of files and a
 * version (a hash over their contents) in front, as `self.precache`.
 *
 * Files under assets/ have a hash in their names and come from the cache; everything else comes from the network while
 * there is one, so that a new build shows at once. An open page keeps its old files: a new version takes over, and the old
 * cache goes, only when no page uses it any more.
 */
const { version, files } = self.precache
const scope = self.registration.scope
const prefix = `dubbook ${scope} `
const cacheName = prefix + version

self.addEventListener('install', (event) => {
  // A request that is never answered would hold up the installation for good; the page starts it again when it fails.
  const signal = AbortSignal.timeout(120_000)
  const requests = files.map((file) => new Request(new URL(file, scope), { cache: 'no-cache', signal }))
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(requests)))
})

self.addEventListener('activate', (event) => {
  const dropOld = async () => {
    for (const name of await caches.keys()) if (name.startsWith(prefix) && name !== cacheName) await caches.delete(name)
    await self.clients.claim()
  }
  event.waitUntil(dropOld())
})

async function fromCache(request) {
  const cache = await caches.open(cacheName)
  return cache.match(request, { ignoreSearch: true, ignoreVary: true })
}

async function networkFirst(request) {
  try {
    return await fetch(request)
  } catch (error) {
    const stored = await fromCache(request)
    if (stored) return stored
    throw error
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || !request.url.startsWith(scope)) return
  const isAsset = request.url.startsWith(`${scope}assets/`)
  event.respondWith(isAsset ? fromCache(request).then((stored) => stored ?? fetch(request)) : networkFirst(request))
})

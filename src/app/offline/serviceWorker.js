/**
 * Serves the page without a network once it was opened. The build puts FILES (addresses of the built page, one sample with them)
 * and VERSION before this text; see offlinePage.ts.
 *
 * Built files carry a hash in their names and never change, so they come from the cache; everything else (the page itself, the
 * samples) comes from the network where there is one, so that a new version shows at once.
 */
/* global FILES, VERSION, self, caches, fetch, Response, location */

const store = `scenarium-${VERSION}`;

self.addEventListener('install', (event) => {
  const filled = caches.open(store).then((cache) => cache.addAll(FILES));
  event.waitUntil(filled.then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const stale = (name) => name.startsWith('scenarium-') && name !== store;
  const cleaned = caches
    .keys()
    .then((names) => Promise.all(names.filter(stale).map((name) => caches.delete(name))));
  event.waitUntil(cleaned.then(() => self.clients.claim()));
});

async function fromCache(request) {
  const cache = await caches.open(store);
  return (await cache.match(request)) ?? fetch(request);
}

async function fromNetwork(request) {
  const cache = await caches.open(store);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request.url.split('?')[0], response.clone());
    return response;
  } catch {
    // The address bar's parameters are the page's own business: every one of them opens the same file.
    return (await cache.match(request, { ignoreSearch: true })) ?? Response.error();
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  event.respondWith(url.pathname.includes('/assets/') ? fromCache(request) : fromNetwork(request));
});

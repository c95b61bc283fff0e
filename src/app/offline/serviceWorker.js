/**
 * Serves the page without a network once it was opened, and gives it the headers that its host left out. The build puts FILES
 * (addresses of the built page, one sample with them), VERSION and HEADERS before this text; see offlinePage.ts.
 *
 * Built files carry a hash in their names and never change, so they come from the cache; everything else (the page itself, the
 * samples) comes from the network where there is one, so that a new version shows at once. Storage that is full, closed or
 * broken costs the visit without a network, never an answer that the network gave.
 */
/* global FILES, VERSION, HEADERS, self, caches, fetch, Headers, Response, location */

const store = `scenarium-${VERSION}`;
/** Where the page is; it need not be the root of its host. */
const home = new URL('./', location.href);

// At once: where the host sends no headers, the page waits for this worker.
self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
// Activation does not wait for it: a page that is opened meanwhile waits for the activation, and Firefox would have each wait
// for the other until it gave both up.
self.addEventListener('activate', () => void self.clients.claim().catch(() => undefined));

// The page says when it has time for that.
self.addEventListener('message', (event) => {
  if (event.data === 'keep') event.waitUntil(keepAll().catch(() => undefined));
});

/** Keeps all files, then forgets earlier versions. */
async function keepAll() {
  const cache = await caches.open(store);
  const here = await Promise.all(FILES.map((file) => cache.match(file)));
  await cache.addAll(FILES.filter((_, index) => !here[index]));
  const stale = (name) => name.startsWith('scenarium-') && name !== store;
  await Promise.all((await caches.keys()).filter(stale).map((name) => caches.delete(name)));
}

/** What is kept, of this version or else of an earlier one. */
async function kept(request, options) {
  try {
    const own = await (await caches.open(store)).match(request, options);
    return own ?? (await caches.match(request, options));
  } catch {
    return undefined;
  }
}

async function keep(address, response) {
  try {
    await (await caches.open(store)).put(address, response);
  } catch {
    // It is asked for again next time.
  }
}

async function fromCache(request) {
  return (await kept(request)) ?? fetch(request);
}

async function fromNetwork(event) {
  const { request } = event;
  let response;
  try {
    response = await fetch(request);
  } catch {
    // The address bar's parameters are the page's own business: every one of them opens the same file.
    return (await kept(request, { ignoreSearch: true })) ?? Response.error();
  }
  if (response.status === 200) event.waitUntil(keep(request.url.split('?')[0], response.clone()));
  return response;
}

/** The answer, with those headers of ours that it lacks; other pages may frame a picture (`?embed=`), nothing else. */
function withHeaders(response, framed) {
  const missing = Object.entries(HEADERS)
    .filter(([name]) => !response.headers.has(name))
    .map(([name, value]) => [name, framed ? value.replace(/;? *frame-ancestors 'none'/, '') : value]);
  // Redirects and errors are the browser's own and cannot be copied.
  if (missing.length === 0 || response.type === 'opaqueredirect' || response.type === 'error')
    return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of missing) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(home.href)) return;
  const built = request.url.startsWith(new URL('assets/', home).href);
  const framed = new URL(request.url).searchParams.has('embed');
  event.respondWith(
    (built ? fromCache(request) : fromNetwork(event)).then((response) => withHeaders(response, framed)),
  );
});

/** The service worker's text, run with a network and a storage that fail as they are told. */
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { beforeEach, expect, it, vi } from 'vitest';

const text = readFileSync(new URL('serviceWorker.js', import.meta.url), 'utf8');
const HOME = 'https://host.example/some/path/';

type Listener = (event: object) => void;

/** Network and storage of one browser. */
const world = { full: false, closed: false, offline: false, asked: [] as string[] };
const kept = new Map<string, Map<string, Response>>();
let listeners: Record<string, Listener>;
const claim = vi.fn(async () => undefined);

const addressOf = (request: string | { url: string }): string =>
  new URL(typeof request === 'string' ? request : request.url, HOME).href;

function cacheNamed(name: string) {
  const files = kept.get(name) ?? new Map<string, Response>();
  kept.set(name, files);
  return {
    match: async (request: string, options?: { ignoreSearch: boolean }) => {
      const address = addressOf(request);
      return files.get(options?.ignoreSearch ? address.split('?')[0]! : address)?.clone();
    },
    put: async (request: string, response: Response) => {
      if (world.full) throw new DOMException('full', 'QuotaExceededError');
      files.set(addressOf(request), response);
    },
    addAll: async (all: string[]) => {
      if (world.full) throw new DOMException('full', 'QuotaExceededError');
      for (const file of all) files.set(addressOf(file), new Response(`kept ${file}`));
    },
  };
}

const caches = {
  open: async (name: string) => {
    if (world.closed) throw new DOMException('closed', 'SecurityError');
    return cacheNamed(name);
  },
  match: async (request: string, options?: { ignoreSearch: boolean }) => {
    for (const name of kept.keys()) {
      const found = await cacheNamed(name).match(request, options);
      if (found) return found;
    }
    return undefined;
  },
  keys: async () => [...kept.keys()],
  delete: async (name: string) => kept.delete(name),
};

beforeEach(() => {
  Object.assign(world, { full: false, closed: false, offline: false, asked: [] });
  kept.clear();
  listeners = {};
  const self = {
    addEventListener: (kind: string, listener: Listener) => (listeners[kind] = listener),
    skipWaiting: async () => undefined,
    clients: { claim },
  };
  runInNewContext(text, {
    VERSION: 'new',
    FILES: ['./', 'assets/code-1.js'],
    HEADERS: { 'Cross-Origin-Embedder-Policy': 'require-corp', 'X-Content-Type-Options': 'nosniff' },
    location: new URL('sw.js', HOME),
    fetch: async (request: { url: string }) => {
      world.asked.push(request.url);
      if (world.offline) throw new TypeError('Failed to fetch');
      return new Response(`network ${request.url}`, { headers: { 'X-Content-Type-Options': 'theirs' } });
    },
    ...{ self, caches, URL, Headers, Response },
  });
});

/** What the page gets; undefined where the worker stays out of it. */
async function ask(path: string, method = 'GET'): Promise<Response | undefined> {
  let answer: Promise<Response> | undefined;
  const later: Promise<unknown>[] = [];
  listeners.fetch?.({
    request: { method, url: new URL(path, HOME).href },
    respondWith: (given: Promise<Response>) => (answer = given),
    waitUntil: (given: Promise<unknown>) => later.push(given),
  });
  const response = await answer;
  await Promise.all(later); // A rejection here is one that nobody handles.
  return response;
}

async function keep(): Promise<void> {
  let done: Promise<unknown> = Promise.resolve();
  listeners.message?.({ data: 'keep', waitUntil: (given: Promise<unknown>) => (done = given) });
  await done;
}

it.each(['full', 'closed'] as const)('loses no answer of the network where storage is %s', async (how) => {
  world[how] = true;
  for (const path of ['./', 'samples/a.parquet', 'assets/code-1.js', '?page=data'])
    expect(await (await ask(path))?.text()).toBe(`network ${new URL(path, HOME).href}`);
  await keep();
  expect(await (await ask('./'))?.text()).toBe(`network ${HOME}`);
});

it('adds the headers that the host left out and leaves those that it sent', async () => {
  const response = await ask('assets/code-1.js');
  expect(response?.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  expect(response?.headers.get('x-content-type-options')).toBe('theirs');
});

it('answers without a network with what was kept, the page whatever its parameters', async () => {
  await keep();
  await ask('samples/a.parquet');
  world.offline = true;
  expect(await (await ask('?page=data'))?.text()).toBe('kept ./');
  expect(await (await ask('assets/code-1.js'))?.text()).toBe('kept assets/code-1.js');
  expect(await (await ask('samples/a.parquet'))?.text()).toContain('network');
  expect((await ask('samples/b.parquet'))?.type).toBe('error');
});

it('forgets an earlier version only when the new one is kept', async () => {
  kept.set('scenarium-old', new Map([[HOME, new Response('old')]]));
  world.full = true;
  await keep();
  world.offline = true;
  expect(await (await ask('./'))?.text()).toBe('old');
  world.full = false;
  await keep();
  expect([...kept.keys()]).toEqual(['scenarium-new']);
  expect(await (await ask('./'))?.text()).toBe('kept ./');
});

it('asks for what it lacks even where the page itself is kept already', async () => {
  await ask('./');
  await keep();
  world.offline = true;
  expect(await (await ask('assets/code-1.js'))?.text()).toBe('kept assets/code-1.js');
});

it('stays out of other folders, other sites and other methods', async () => {
  expect(await ask('../other/')).toBeUndefined();
  expect(await ask('https://elsewhere.example/')).toBeUndefined();
  expect(await ask('./', 'POST')).toBeUndefined();
});

it('takes over open pages without holding its own activation up: a page that opens meanwhile waits for that', async () => {
  claim.mockImplementationOnce(() => new Promise(() => undefined));
  const waitsFor: Promise<unknown>[] = [];
  listeners.activate?.({ waitUntil: (given: Promise<unknown>) => waitsFor.push(given) });
  expect(claim).toHaveBeenCalledOnce();
  const held = new Promise((resolve) => setTimeout(resolve, 20, 'held up'));
  expect(await Promise.race([Promise.all(waitsFor), held])).not.toBe('held up');
});

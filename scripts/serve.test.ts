/** The server against what no browser would send, and against people who leave before they have it all. */
import { mkdirSync, mkdtempSync, readdirSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isolationHeaders, policyHeaders } from './policy.mjs';
import { staticFiles } from './serve.mjs';

const home = mkdtempSync(join(tmpdir(), 'serve-'));
const dist = join(home, 'dist');
const LARGE = 4 << 20;
for (const folder of ['dist/assets', 'dist/samples']) mkdirSync(join(home, folder), { recursive: true });
writeFileSync(join(dist, 'index.html'), 'the page');
writeFileSync(join(dist, 'assets', 'code-1a2b.js'), 'code');
writeFileSync(join(dist, 'samples', 'large.parquet'), Buffer.alloc(LARGE, 7));
writeFileSync(join(dist, '.hidden'), 'secret');
writeFileSync(join(home, 'outside.txt'), 'secret');
symlinkSync(join(home, 'outside.txt'), join(dist, 'link.txt'));
symlinkSync(home, join(dist, 'up'));

const server = createServer(staticFiles(dist, { ...policyHeaders, ...isolationHeaders }));
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  rmSync(home, { recursive: true });
});

/** What comes back for the very bytes of a request. */
function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request, 'latin1'));
    let answer = '';
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no answer to ${request}`)));
    socket.on('data', (bytes) => (answer += bytes.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

const get = (address: string, method = 'GET'): Promise<string> =>
  raw(`${method} ${address} HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n`);
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

it('serves the page with the policy, hashed files for ever, the rest afresh', async () => {
  const page = await get('/');
  expect(page).toMatch(/\r\n\r\nthe page$/);
  for (const [name, value] of Object.entries({ ...policyHeaders, ...isolationHeaders }))
    expect(page).toContain(`${name}: ${value}\r\n`);
  expect(page).toContain('Cache-Control: no-cache');
  expect(await get('/assets/code-1a2b.js?x=%zz')).toContain('immutable');
  expect(await get('/?model=%zz&dataset=..%2f')).toMatch(/the page$/);
});

it.each([
  ['//', 200],
  ['///index.html', 200],
  ['http://[', 400],
  ['/%zz', 400],
  ['/%', 400],
  ['/%c0%ae%c0%ae/', 400],
  ['/%00', 400],
  ['/..', 404],
  ['/../outside.txt', 404],
  ['/assets/..%2f..%2foutside.txt', 404],
  ['/..%5c..%5coutside.txt', 403],
  ['/.hidden', 404],
  ['/link.txt', 404],
  ['/up/outside.txt', 404],
  ['/%75p/outside.txt', 404],
  ['//link.txt', 404],
  ['/nothing', 404],
  ['/assets/', 404],
  ['/index.html/', 404],
  [`/${'%41'.repeat(3_000)}`, 404],
])('answers GET %.40s', async (address, status) => {
  const answer = await get(address);
  expect(answer).not.toContain('secret');
  expect(statusOf(answer)).toBe(status);
});

it('answers HEAD with no body and no other method', async () => {
  expect(await get('/', 'HEAD')).toMatch(/^HTTP\/1\.1 200[^]*\r\n\r\n$/);
  expect(await get('/nothing', 'HEAD')).toMatch(/^HTTP\/1\.1 404[^]*\r\n\r\n$/);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND'])
    expect(await get('/', method), method).toMatch(/^HTTP\/1\.1 405[^]*Allow: GET, HEAD/);
  expect(statusOf(await get('*', 'OPTIONS'))).toBe(405);
});

it('lives on whatever the address is, and gives nothing from outside', async () => {
  const piece = fc.constantFrom(
    '/',
    '//',
    '..',
    '%2e',
    '%2f',
    '%5c',
    '\\',
    '%',
    '%00',
    ':',
    '@',
    '[',
    '?',
    '#',
    'up',
    'link.txt',
    'outside.txt',
    '\u00ff',
    'a',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const answer = await get(pieces.join('') || '/');
      expect(answer).toMatch(/^HTTP\/1\.1 (200|301|400|403|404)/);
      expect(answer).not.toContain('secret');
    }),
    { numRuns: 300 },
  );
  expect(statusOf(await get('/'))).toBe(200);
});

const descriptors = (): number => readdirSync('/proc/self/fd').length;

it.runIf(existsSync('/proc/self/fd'))('keeps no file open for those who left', async () => {
  await get('/');
  const before = descriptors();
  const leave = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET /samples/large.parquet HTTP/1.1\r\nHost: lab\r\n\r\n'),
      );
      socket.once('data', () => socket.destroy());
      socket.once('close', () => resolve());
    });
  for (let round = 0; round < 30; round++) await Promise.all(Array.from({ length: 10 }, leave));
  await expect.poll(descriptors, { timeout: 5_000 }).toBeLessThanOrEqual(before);
  const whole = await get('/samples/large.parquet');
  expect(whole.length).toBeGreaterThan(LARGE);
});

/**
 * Serves `dist/` with the headers that cross-origin isolation needs. Any static host can serve the same folder; without
 * the headers WASM runs on one thread.
 *
 *   node scripts/serve.mjs [--port 4173] [--no-isolation]
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { fail, root } from './setup.mjs';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.parquet': 'application/vnd.apache.parquet',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/**
 * @param {{ port: number, isolation: boolean }} options
 * @returns {Promise<{ address: string, close: () => void }>} resolves when listening; a taken port moves to the next one
 */
export function serve({ port, isolation }) {
  const folder = join(root, 'dist');
  if (!existsSync(join(folder, 'index.html')))
    fail('There is no built page in dist/; run "npm run build" first.');
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    let wanted;
    try {
      wanted = normalize(decodeURIComponent(url.pathname));
    } catch {
      response.writeHead(400).end();
      return;
    }
    let file = join(folder, wanted);
    if (!file.startsWith(folder + sep) && file !== folder) {
      response.writeHead(404).end();
      return;
    }
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html');
    if (!existsSync(file)) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found');
      return;
    }
    const hashed = wanted.includes(`${sep}assets${sep}`);
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Length': statSync(file).size,
      'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(isolation
        ? {
            'Cross-Origin-Opener-Policy': 'same-origin',
            'Cross-Origin-Embedder-Policy': 'require-corp',
            'Cross-Origin-Resource-Policy': 'same-origin',
          }
        : {}),
    });
    if (request.method === 'HEAD') response.end();
    else createReadStream(file).pipe(response);
  });
  return new Promise((resolve, reject) => {
    let attempt = port;
    server.on('error', (error) => {
      if (error.code === 'EADDRINUSE' && attempt < port + 20) server.listen(++attempt, '127.0.0.1');
      else reject(error);
    });
    server.on('listening', () =>
      resolve({ address: `http://localhost:${attempt}/`, close: () => server.close() }),
    );
    server.listen(attempt, '127.0.0.1');
  });
}

if (process.argv[1] === join(root, 'scripts', 'serve.mjs')) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4173' },
      'no-isolation': { type: 'boolean', default: false },
    },
  });
  const { address } = await serve({ port: Number(values.port), isolation: !values['no-isolation'] });
  console.log(`Scenarium is at ${address}`);
}

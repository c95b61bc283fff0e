/** Serves the built page to a browser that is going to be killed; a planted fault goes into every script that uses storage. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};
const DIST = new URL('../../dist', import.meta.url).pathname;

export interface Site {
  readonly address: string;
  close(): void;
}

/** Whether a file of the page is one of those in which a thread begins. */
const isEntry = (path: string): boolean => /\.worker-[^/]*\.js$/.test(path);

/** @param fault source that runs before the page's own in the page and in each of its workers; null: the page as built */
export async function serveSite(fault: string | null = null): Promise<Site> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    const file = join(DIST, path.endsWith(sep) ? `${path}index.html` : path);
    const answer = async (): Promise<void> => {
      if (fault !== null && path === '/planted-fault.js') {
        response.writeHead(200, { 'Content-Type': types['.js'] }).end(fault);
        return;
      }
      let body: Buffer | string = await readFile(file);
      if (fault !== null && isEntry(path)) body = `import '/planted-fault.js';\n${body.toString()}`;
      if (fault !== null && path === '/')
        body = body.toString().replace('<head>', '<head><script src="/planted-fault.js"></script>');
      response
        .writeHead(200, {
          'Content-Type': types[extname(file)] ?? 'application/octet-stream',
          // As hosts do; what is planted must come each time.
          'Cache-Control':
            fault === null && path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-store',
          'Cross-Origin-Opener-Policy': 'same-origin',
          'Cross-Origin-Embedder-Policy': 'require-corp',
          'Cross-Origin-Resource-Policy': 'same-origin',
        })
        .end(body);
    };
    answer().catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('The site has no port.');
  return {
    address: `http://localhost:${at.port}/`,
    close: () => server.closeAllConnections() ?? server.close(),
  };
}

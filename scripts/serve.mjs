/**
 * Serves `dist/` with the headers of policy.mjs. Any static host can serve the same folder; where it sends no headers, the
 * service worker adds them.
 *
 *   node scripts/serve.mjs [--port 4173] [--no-isolation]
 */
import { existsSync, realpathSync } from 'node:fs';
import { STATUS_CODES, createServer } from 'node:http';
import { join, sep } from 'node:path';
import serveStatic from 'serve-static';
import { framedHeaders, isolationHeaders, policyHeaders } from './policy.mjs';
import { parseCommandLine, wholeNumber } from './commandLine.mjs';
import { fail, root } from './setup.mjs';

/**
 * Whether an address leads out of the folder by a link. Addresses that name no file do not; they are answered by the library.
 *
 * @param {string} folder with all its own links resolved
 * @param {string} address the path as it was sent
 */
function leadsOut(folder, address) {
  let real;
  try {
    real = realpathSync(join(folder, decodeURIComponent(address)));
  } catch {
    return false;
  }
  return real !== folder && !real.startsWith(folder + sep);
}

/** `?embed=`: a picture or a screen of a story alone. */
const asksToBeFramed = (address) => new URLSearchParams(address.split('?')[1] ?? '').has('embed');

/**
 * Answers requests for the files of a folder: GET and HEAD only, and nothing outside it.
 *
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} headers sent with every answer
 * @param {Readonly<Record<string, string>>} framed what differs for a picture that other pages may frame
 * @returns {import('node:http').RequestListener}
 */
export function staticFiles(folder, headers, framed = {}) {
  const inside = realpathSync(folder);
  const files = serveStatic(inside, {
    fallthrough: false,
    setHeaders(response, path) {
      // Names of assets hold their hashes.
      const fixed = path.startsWith(join(inside, 'assets') + sep);
      response.setHeader('Cache-Control', fixed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return (request, response) => {
    const sent = asksToBeFramed(request.url ?? '') ? { ...headers, ...framed } : headers;
    for (const [name, value] of Object.entries(sent)) response.setHeader(name, value);
    const refuse = (status) => {
      if (response.headersSent) response.destroy();
      else
        response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(STATUS_CODES[status]);
    };
    try {
      const path = (request.url ?? '/').split(/[?#]/, 1)[0];
      if (leadsOut(inside, path)) refuse(404);
      else files(request, response, (error) => refuse(error?.status ?? 404));
    } catch {
      // An address that is none, such as `http://[`.
      refuse(400);
    }
  };
}

/**
 * @param {{ port: number, isolation: boolean }} options
 * @returns {Promise<{ address: string, close: () => void }>} resolves when listening; a taken port moves to the next one
 */
export function serve({ port, isolation }) {
  const folder = join(root, 'dist');
  if (!existsSync(join(folder, 'index.html')))
    fail('There is no built page in dist/; run "npm run build" first.');
  const headers = { ...policyHeaders, ...(isolation ? isolationHeaders : {}) };
  const server = createServer(staticFiles(folder, headers, framedHeaders));
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
  const { values } = parseCommandLine({
    options: {
      port: { type: 'string', default: '4173' },
      'no-isolation': { type: 'boolean', default: false },
    },
  });
  const port = wholeNumber('--port', values.port);
  const { address } = await serve({ port, isolation: !values['no-isolation'] });
  console.log(`Scenarium is at ${address}`);
}

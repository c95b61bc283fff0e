/**
 * What a browser may do with the built page, as headers. One list for everything that serves or builds it: `serve.mjs` sends
 * them, the build writes what a meta tag can carry into the pages, and the service worker adds those that a host left out.
 */

/** The name of the one maker of script addresses (src/engine/scriptAddress.ts): nothing else can start a script. */
const SCRIPT_ADDRESSES = 'scenarium-scripts';

const directives = {
  'default-src': "'self'",
  // WebAssembly is compiled, text is never run: no inline script, no eval.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  // The tab's icon and charts on their way to a PNG.
  'img-src': "'self' data:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': SCRIPT_ADDRESSES,
};

const written = Object.entries(directives).map(([name, value]) => `${name} ${value}`);

/** The policy as a meta tag carries it, which cannot say who may frame the page. */
export const metaPolicy = written.join('; ');

/** Headers that any page should have: who may frame it, no guessing of types, nothing told to other sites. */
export const policyHeaders = {
  'Content-Security-Policy': [...written, "frame-ancestors 'none'"].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** The same for `?embed=`: a picture or a screen of a story that other pages may frame. */
export const framedHeaders = {
  ...policyHeaders,
  'Content-Security-Policy': [...written, 'frame-ancestors *'].join('; '),
};

/** Cross-origin isolation lets WebAssembly use threads. */
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

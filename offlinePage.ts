/** Build step: writes `sw.js`, the service worker that serves the built page without a network or without headers. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Plugin } from 'vite';
import { isolationHeaders, policyHeaders } from './scripts/policy.mjs';

const source = new URL('src/app/offline/serviceWorker.js', import.meta.url);

/** Older forms of fonts that no browser with modules asks for. */
const NEEDLESS = /\.(woff|ttf)$/;

/** What a first visit trains on, and what addresses mean that name no dataset (`firstSetup`, `defaultSetup`). */
const FIRST_SAMPLES = ['conflict-4', 'aliccp-3'];

/**
 * What an opened page needs later: everything that was built, the catalogue, stored studies, and the samples that are chosen at
 * first; the others can be simulated again.
 */
function filesOf(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const catalogue = JSON.parse(readFileSync(join(folder, 'samples', 'index.json'), 'utf8')) as {
    samples: { id: string; manifest: string; parquet: string; summary: string }[];
  };
  const first = catalogue.samples.filter(({ id }) => FIRST_SAMPLES.includes(id));
  if (first.length < FIRST_SAMPLES.length) throw new Error(`${FIRST_SAMPLES.join(', ')} must be samples.`);
  const samples = [
    'index.json',
    ...first.flatMap(({ manifest, parquet, summary }) => [manifest, parquet, summary]),
  ].map((name) => `samples/${name}`);
  return all
    .filter((name) => name !== 'sw.js' && !NEEDLESS.test(name))
    .filter((name) => !name.startsWith('samples/') || samples.includes(name))
    .sort();
}

export const offlinePage: Plugin = {
  name: 'offline-page',
  apply: 'build',
  writeBundle({ dir }) {
    if (!dir) return;
    const files = filesOf(dir);
    const hash = createHash('sha256');
    // Names of assets hold their hashes; the others count by what is in them.
    for (const name of files) hash.update(name.startsWith('assets/') ? name : readFileSync(join(dir, name)));
    const constants = {
      VERSION: hash.digest('hex').slice(0, 12),
      FILES: ['./', ...files],
      HEADERS: { ...policyHeaders, ...isolationHeaders },
    };
    const head = Object.entries(constants).map(
      ([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`,
    );
    writeFileSync(join(dir, 'sw.js'), head.join('') + readFileSync(source, 'utf8'));
  },
};

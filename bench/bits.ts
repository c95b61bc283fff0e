/**
 * Whether arithmetic has changed: a hash of every model's weights after three steps, the same on every machine with the same
 * arithmetic. Keep what it prints before a change and compare it with what it prints after.
 *
 *     npx tsx bench/bits.ts [--backend wasm] [--preset tiny] [--scenarios 3] [--batch 64] [--threads 1] [--models mix,mmoe]
 */
import { createHash } from 'node:crypto';
import { openBackend, type BackendName } from '../src/engine';
import { models } from '../src/models/registry';
import { expectKnown, listed, parseCommandLine, wholeNumber } from '../scripts/commandLine.mjs';
import { presetNames } from '../src/training/setup';
import { backends } from '../src/training/parseSetup';
import type { PresetName } from '../src/models/definition';
import { benchCase, caseNames } from './cases';
import { trainSteps } from './steps';

const { values } = parseCommandLine({
  options: {
    backend: { type: 'string', default: 'wasm' },
    preset: { type: 'string', default: 'tiny' },
    scenarios: { type: 'string', default: '3' },
    batch: { type: 'string', default: '64' },
    threads: { type: 'string', default: '1' },
    models: { type: 'string' },
  },
});

expectKnown('backend', [values.backend], backends);
expectKnown('preset', [values.preset], presetNames);
const named = listed('--models', values.models);
expectKnown('model', named ?? [], caseNames);
const sizes = {
  batch: wholeNumber('--batch', values.batch),
  scenarios: wholeNumber('--scenarios', values.scenarios),
  steps: 3,
};

await openBackend(values.backend as BackendName, { threads: wholeNumber('--threads', values.threads) });
for (const name of named ?? models.map(({ id }) => id)) {
  const { definition, settings } = benchCase(name, values.preset as PresetName);
  const { weights, losses } = await trainSteps(definition, { ...sizes, settings });
  const hash = createHash('sha256');
  for (const values of weights)
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  process.stdout.write(`${name} ${hash.digest('hex').slice(0, 16)} ${losses.join(' ')}\n`);
}

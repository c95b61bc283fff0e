/**
 * Times AREAD's whole mask search on the committed sample of amazon-25, with the browser preset: `npx tsx bench/maskSearch.ts`.
 * Prints JSON. CPU seconds tell what the wall clock of a busy machine hides. With `--null-device` it is the calling thread's time on WebGPU, on a device
 * that computes nothing.
 */
import { readFile } from 'node:fs/promises';
import { readDataset } from '../src/data/format';
import { openBackend } from '../src/engine';
import type { BackendInfo, BackendRequest } from '../src/engine';
import { findModel } from '../src/models/registry';
import { defaultSettings } from '../src/models/settings';
import { createTrainer } from '../src/training/trainer';
import { findProcedure } from '../src/training/procedures';
import { trainingFields } from '../src/training/settings';
import type { TrainingSettings } from '../src/training/settings';
import { openNullGpu } from '../tests/support/nullGpu';
import { expectKnown, parseCommandLine } from '../scripts/commandLine.mjs';
import { backends } from '../src/training/parseSetup';

const {
  positionals: [asked = 'wasm'],
  values,
} = parseCommandLine({
  allowPositionals: true,
  options: { 'null-device': { type: 'boolean', default: false } },
});
expectKnown('backend', [asked], backends);
const request = asked as BackendRequest;
const sample = new URL('../public/samples/amazon-25', import.meta.url);
const manifest = JSON.parse(await readFile(`${sample.pathname}.json`, 'utf8')) as Parameters<
  typeof readDataset
>[1];
const dataset = await readDataset(await readFile(`${sample.pathname}.parquet`), manifest);
const opened = async (): Promise<Pick<BackendInfo, 'name' | 'threads'>> => {
  if (!values['null-device']) return openBackend(request);
  await openNullGpu((name, value) => Object.defineProperty(globalThis, name, { value, configurable: true }));
  return { name: 'webgpu', threads: 1 };
};
const backend = await opened();
const definition = findModel('aread');
const configured = definition.configure({
  ...definition.presets.browser,
  // The search's cost does not depend on how long the warm-up was.
  warmup: 3,
});
const training = {
  ...defaultSettings(trainingFields),
  steps: 4,
  evaluateEvery: 1000,
  evaluationRows: 50,
} as unknown as TrainingSettings;
const trainer = createTrainer({ configured, dataset, training, seed: 1 });
const run = findProcedure(configured.procedure).start(trainer, null);

let began: { wall: number; cpu: number } | null = null;
let batches = 0;
const now = (): { wall: number; cpu: number } => {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1000, cpu: (user + system) / 1e6 };
};
for await (const event of run.events) {
  if (event.kind === 'step' && event.step === 3) began = now();
  if (event.kind === 'phase' && event.name === 'mask search') batches = event.total;
  if (event.kind === 'procedure-probe' && event.step === 3) {
    const ended = now();
    const seconds = (key: 'wall' | 'cpu'): number => Math.round((ended[key] - began![key]) * 10) / 10;
    process.stdout.write(
      `${JSON.stringify({
        backend: backend.name,
        threads: backend.threads,
        scenarios: dataset.scenarios.length,
        candidates: definition.presets.browser['numCandidates'],
        batches,
        seconds: seconds('wall'),
        cpuSeconds: seconds('cpu'),
      })}\n`,
    );
    break;
  }
}
trainer.dispose();

import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { simulatedSmall } from '../../../tests/support/simulatedSmall';
import { openBackend } from '../../engine';
import { models } from '../../models/registry';
import { defaultSettings, limitsOf } from '../../models/settings';
import { readSafetensors } from '../checkpoint/safetensors';
import { parseSetup } from '../parseSetup';
import { createRun } from '../run';
import { defaultTraining, presetSettings } from '../setup';
import { trainingFields } from '../settings';
import { croissantOf } from './croissant';
import { onwardZip } from './onwardZip';

const dataset = simulatedSmall(300);
const sources = { 'scenarium/__init__.py': '# the package' };
const today = new Date('2026-11-29T12:00:00Z');

async function trained() {
  const backend = await openBackend('cpu');
  const training = { ...defaultTraining(), steps: 4, batch: 32, evaluateEvery: 2, evaluationRows: 50 };
  const settings = presetSettings('mix', 'tiny');
  const run = createRun({
    id: 'run',
    dataset,
    backend,
    setup: parseSetup({ model: 'mix', settings, training, dataset: dataset.id, seed: 3, backend: 'cpu' }),
  });
  const events: string[] = [];
  for await (const event of run.events) events.push(event.kind);
  expect(events.at(-1)).toBe('done');
  const parts = {
    record: run.record('done'),
    checkpoint: await run.checkpoint('done'),
    weights: await run.weights(),
  };
  run.dispose();
  return parts;
}

const text = (files: Record<string, Uint8Array>, name: string): string => strFromU8(files[name]!);

describe('a run to take along', () => {
  it('holds settings, weights, the checkpoint, the data and the package', async () => {
    const run = await trained();
    const files = unzipSync(await onwardZip({ ...run, dataset, rows: true, sources, today }));
    expect(Object.keys(files).sort()).toEqual([
      'MODEL_CARD.md',
      'README.md',
      'checkpoint.safetensors',
      'data/croissant.json',
      'data/manifest.json',
      'data/rows.npz',
      'scenarium/__init__.py',
      'settings.json',
      'weights.safetensors',
    ]);
    const settings = JSON.parse(text(files, 'settings.json')) as Record<string, unknown>;
    expect(settings).toMatchObject({ format: 'scenarium-onward/1', model: 'mix', seed: 3 });
    expect(settings['holds']).toEqual({ checkpoint: true, weights: true, rows: true });
    const { tensors } = readSafetensors(files['weights.safetensors']!);
    const { mlp, output } = { mlp: tensors.get('mlp.0.weight'), output: tensors.get('output.weight') };
    expect(mlp?.shape).toHaveLength(2);
    expect(output?.shape.at(-1)).toBe(1);
    expect(files['checkpoint.safetensors']).toEqual(run.checkpoint);
    expect(JSON.parse(text(files, 'data/manifest.json'))).toMatchObject({
      rows: dataset.rows,
      fingerprint: dataset.fingerprint,
    });
    expect(Object.keys(unzipSync(files['data/rows.npz']!))).toContain('history.ids.npy');
    expect(text(files, 'README.md')).toContain('python -m scenarium resume . --steps 8');
    const [first] = run.record.final!.scenarios;
    expect(text(files, 'MODEL_CARD.md')).toContain(`| ${first!.logLoss!.toFixed(4)} |`);
  });

  it('leaves rows out unless they are asked for, and says where they are from', async () => {
    const run = await trained();
    const files = unzipSync(await onwardZip({ ...run, dataset, rows: false, sources, today }));
    expect(files['data/rows.npz']).toBeUndefined();
    expect(text(files, 'README.md')).toContain('The rows are not in this zip.');
    const croissant = JSON.parse(text(files, 'data/croissant.json')) as Record<string, unknown>;
    expect(croissant['recordSet']).toBeUndefined();
  });

  it('begins at the first step where there is no checkpoint', async () => {
    const { record } = await trained();
    const parts = { record, checkpoint: null, weights: null, dataset, rows: false, sources, today };
    const files = unzipSync(await onwardZip(parts));
    expect(files['checkpoint.safetensors']).toBeUndefined();
    expect(text(files, 'README.md')).toContain('left at step 0 of 4');
  });

  it('refuses other data in one sentence', async () => {
    const run = await trained();
    const other = { ...dataset, fingerprint: '0'.repeat(64) };
    await expect(onwardZip({ ...run, dataset: other, rows: false, sources, today })).rejects.toThrow(
      /trained on other content/,
    );
  });
});

describe('Croissant metadata', () => {
  /** Properties that version 1.0 requires of every dataset, file, record set and field. */
  const required = {
    dataset: [
      ...['@context', '@type', 'conformsTo', 'description', 'license', 'name', 'url', 'creator'],
      ...['datePublished', 'distribution'],
    ],
    file: ['@type', '@id', 'name', 'contentUrl', 'encodingFormat', 'sha256'],
    recordSet: ['@type', '@id', 'name', 'field'],
    field: ['@type', '@id', 'name', 'dataType', 'source'],
  };

  interface Node {
    readonly [key: string]: unknown;
  }

  const demand = (node: Node, names: readonly string[]): void => {
    for (const name of names) expect(node[name], name).toBeTruthy();
  };

  it.each(['simulated', 'imported'] as const)('has what the format requires (%s)', (kind) => {
    const source = kind === 'imported' ? { kind, file: 'clicks.csv', note: 'At random.' } : dataset.source;
    const files = ['data/manifest.json', 'data/rows.npz'].map((path) => ({
      ...{ path, encodingFormat: 'application/json', bytes: 3, sha256: 'ab'.repeat(32) },
    }));
    const made = croissantOf({ ...dataset, source }, files, '2026-11-29') as Node;
    demand(made, required.dataset);
    expect(made['@type']).toBe('sc:Dataset');
    expect(made['conformsTo']).toBe('http://mlcommons.org/croissant/1.0');
    const distribution = made['distribution'] as readonly Node[];
    for (const file of distribution) demand(file, required.file);
    const ids = new Set(distribution.map((file) => file['@id']));
    const [records] = made['recordSet'] as readonly Node[];
    demand(records!, required.recordSet);
    const fields = records!['field'] as readonly Node[];
    expect(fields).toHaveLength(4 + dataset.fields.length);
    for (const field of fields) {
      demand(field, required.field);
      const from = field['source'] as { readonly fileObject: { readonly '@id': string } };
      expect(ids).toContain(from.fileObject['@id']);
      expect(field['@id']).not.toBe('rows');
      ids.add(field['@id']);
    }
    expect(ids.size).toBe(distribution.length + fields.length);
  });
});

it.each([
  ['defaults', defaultSettings],
  ['limits', limitsOf],
] as const)(
  'the package knows the %s of every setting (`npm run onward -- --defaults` writes them)',
  (name, of) => {
    const kept: unknown = JSON.parse(readFileSync(`python/scenarium/models/${name}.json`, 'utf8'));
    expect(kept).toEqual({
      training: of(trainingFields),
      models: Object.fromEntries(models.map(({ id, fields }) => [id, of(fields)])),
    });
  },
);

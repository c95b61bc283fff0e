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
import { rowsOf } from './rows';

const dataset = simulatedSmall(300);
const simulated = { kind: 'simulated', twin: 'small', size: 'small', seed: 1, settings: null } as const;
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
    const world = { ...dataset, source: simulated };
    const files = unzipSync(await onwardZip({ ...run, dataset: world, rows: true, sources, today }));
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
    const card = text(files, 'MODEL_CARD.md');
    expect(card).toContain(`| ${first!.logLoss!.toFixed(4)} |`);
    const count = (part: number): number => dataset.split.filter((value) => value === part).length;
    expect(card).toContain(`: ${count(0)} impressions, `);
    expect(card).toContain(`; ${count(1)} more validate and ${count(2)} test.`);
    expect(card).toContain('**Split:** By time: the first 80 % train');
    expect(card).toContain('**Licence of the data:** Apache-2.0');
    expect(card).toContain(`| all rows | ${run.record.final!.overall.rows} |`);
    expect(card).toMatch(/\*\*Parameters:\*\* \d/);
  });

  it('leaves rows out unless they are asked for, and says where they are from', async () => {
    const run = await trained();
    const files = unzipSync(await onwardZip({ ...run, dataset, rows: false, sources, today }));
    expect(files['data/rows.npz']).toBeUndefined();
    expect(text(files, 'README.md')).toContain('The rows are not in this zip.');
    const croissant = JSON.parse(text(files, 'data/croissant.json')) as Record<string, unknown>;
    expect(croissant['recordSet']).toBeUndefined();
  });

  it.each([
    ['weights', true, 'holds weights and no checkpoint', '**Weights in the zip:** the run’s best'],
    ['neither', false, 'neither weights nor a checkpoint', '**Weights in the zip:** none'],
  ] as const)('says what it holds where there is no checkpoint (%s)', async (_, weights, readme, card) => {
    const run = await trained();
    const parts = { ...run, checkpoint: null, weights: weights ? run.weights : null };
    const files = unzipSync(await onwardZip({ ...parts, dataset, rows: false, sources, today }));
    expect(files['checkpoint.safetensors']).toBeUndefined();
    const told = text(files, 'README.md');
    expect(told).toContain(readme);
    expect(told).toContain('The run itself took 4 of 4 steps');
    expect(told).not.toContain('left at step 0');
    expect(told).not.toContain('| `checkpoint.safetensors`');
    expect(told.includes('evaluate . ')).toBe(weights);
    expect(text(files, 'MODEL_CARD.md')).toContain(card);
    expect(JSON.parse(text(files, 'settings.json'))).toMatchObject({ holds: { checkpoint: false, weights } });
  });

  it('does not promise a noise-free AUC for data without a truth', async () => {
    const run = await trained();
    const source = { kind: 'imported', file: 'clicks.csv', note: 'At random.' } as const;
    const imported = { ...dataset, source, truth: null };
    const files = unzipSync(await onwardZip({ ...run, dataset: imported, rows: false, sources, today }));
    const card = text(files, 'MODEL_CARD.md');
    expect(card).toContain('**Split:** At random.\n');
    expect(card).toContain('noise-free AUC is not known: the data are not simulated');
    expect(card).toMatch(/\| all rows \| \d+ \| [^|]+ \| not known \|/);
    expect(card).toContain('**Licence of the data:** not stated');
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
    const source = kind === 'imported' ? { kind, file: 'clicks.csv', note: 'At random.' } : simulated;
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
    // Every array of the rows is told of, and truth as what no model may read.
    const columns = fields.map(
      (field) => (field['source'] as { extract: { column: string } }).extract.column,
    );
    const arrays = Object.keys(unzipSync(rowsOf(dataset))).map((name) => name.replace(/\.npy$/, ''));
    expect(columns.toSorted()).toEqual(arrays.toSorted());
    for (const field of fields)
      if ((field['name'] as string).startsWith('truth.'))
        expect(field['description']).toContain('not a feature');
    expect((made['description'] as string).includes('clicks come from a program')).toBe(kind === 'simulated');
    expect(made['description']).toContain(dataset.scenarios[0]!.name);
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

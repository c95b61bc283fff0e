import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildDataset, inspectFile, type ProblemCode } from './index';

/** Samples of published logs; they are never copied into the project, so a machine may lack them. */
const folder =
  process.env.SCENARIUM_REAL_LOGS ?? fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

interface Expected {
  readonly file: string;
  readonly schema: string;
  readonly rows: number;
  readonly positives: number;
  readonly scenarios: number;
  readonly splitBy: 'column' | 'time' | 'chance';
  readonly warnings: readonly ProblemCode[];
  /** Columns that must not become fields. */
  readonly never: readonly string[];
  readonly behavioursWithScenario?: number;
}

const files: readonly Expected[] = [
  {
    file: 'aliccp-30-domains.csv',
    schema: 'aliccp-aread',
    rows: 3191,
    positives: 136,
    scenarios: 30,
    splitBy: 'column',
    warnings: ['noPositives'],
    never: ['purchase', 'train_tag'],
  },
  {
    file: 'amazon-25-domains.csv',
    schema: 'amazon-aread',
    rows: 3092,
    positives: 1547,
    scenarios: 25,
    splitBy: 'time',
    warnings: ['noPositives', 'history'],
    never: ['user_pos_6month_seq', 'timestamp'],
    behavioursWithScenario: 135,
  },
  {
    file: 'mind-4-categories.csv',
    schema: 'mind',
    rows: 8000,
    positives: 363,
    scenarios: 4,
    splitBy: 'chance',
    warnings: ['noTimeOrder'],
    never: [],
  },
  {
    file: 'douban-3-domains.csv',
    schema: 'douban',
    rows: 3000,
    positives: 1936,
    scenarios: 3,
    splitBy: 'chance',
    warnings: ['noTimeOrder'],
    never: ['join_time'],
  },
  {
    file: 'kuairand-1-tab.csv',
    schema: 'kuairand',
    rows: 200,
    positives: 32,
    scenarios: 1,
    splitBy: 'chance',
    warnings: ['oneScenario', 'noTimeOrder'],
    never: ['play_time_ms', 'profile_stay_time', 'comment_stay_time'],
  },
  {
    file: 'aliccp-raw-fields.csv',
    schema: 'aliccp-raw',
    rows: 100,
    positives: 7,
    scenarios: 3,
    splitBy: 'chance',
    warnings: ['oneUser', 'noTimeOrder', 'noPositives'],
    never: ['purchase'],
  },
];

describe('published logs', () => {
  if (!existsSync(folder)) {
    it('are not on this machine: the folder is missing, and nothing is claimed of them', () => {
      console.log(`Real log samples are not at ${folder}; import was not tried on them.`);
      expect(existsSync(folder)).toBe(false);
    });
    return;
  }
  it('KuaiRand’s play time is seen to give the click away, by its numbers and not by its name alone', async () => {
    const inspection = await inspectFile(new Uint8Array(readFileSync(`${folder}/kuairand-1-tab.csv`)), {
      schema: null,
    });
    const leak = inspection.warnings.find((warning) => warning.code === 'leak');
    expect(leak).toMatchObject({ column: 'play_time_ms' });
    expect(inspection.columns.find((column) => column.name === 'play_time_ms')!.auc).toBeGreaterThan(0.95);
  });

  it.each(files)('$file is recognised and becomes a dataset', async (expected) => {
    const bytes = new Uint8Array(readFileSync(`${folder}/${expected.file}`));
    const inspection = await inspectFile(bytes, { name: expected.file });
    expect(inspection.schema?.id).toBe(expected.schema);
    expect(inspection.mapping).not.toBeNull();
    const mapping: unknown = JSON.parse(JSON.stringify(inspection.mapping));
    const { dataset, warnings } = await buildDataset(bytes, mapping, { name: expected.file });
    expect(dataset.rows).toBe(expected.rows);
    expect(dataset.label.reduce((a, b) => a + b, 0)).toBe(expected.positives);
    expect(dataset.scenarios.length).toBe(expected.scenarios);
    // Amazon's lists name items only; a domain is a kind of item, so training rows tell where some behaviours happened.
    const known = dataset.history?.scenario.filter((scenario) => scenario >= 0).length ?? 0;
    expect(known).toBe(expected.behavioursWithScenario ?? 0);
    expect(dataset.source).toMatchObject({ kind: 'imported', file: expected.file });
    expect(dataset.source.kind === 'imported' && dataset.source.note).toContain(
      `split by ${expected.splitBy}`,
    );
    expect(new Set(warnings.map((w) => w.code))).toEqual(new Set(expected.warnings));
    for (const name of expected.never) expect(dataset.fields.map((f) => f.name)).not.toContain(name);
    expect(new Set(dataset.split)).toEqual(new Set([0, 1, 2]));
    const again = await buildDataset(bytes, mapping, { name: expected.file });
    expect(again.dataset.fingerprint).toBe(dataset.fingerprint);
  });
});

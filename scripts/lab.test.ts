import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWeights } from '../src/training/checkpoint/weights';
import { auc } from '../src/training/metrics';
import { outlineOf } from '../tests/formats/meaning';
import { lab, labProcess } from '../tests/support/lab';
import { setupOf } from './lab/train';
import { readFlags } from './lab/usage';

interface Printed {
  readonly setup: {
    readonly model: string;
    readonly seed: number;
    readonly training: { readonly steps: number };
  };
  readonly history: { readonly step: number }[];
  readonly final: { readonly overall: { readonly auc: number | null }; readonly scenarios: unknown[] };
  readonly probes: { readonly probes: { readonly name: string; readonly values: number[] }[] }[];
  readonly representation: {
    readonly rows: number[];
    readonly vectors: { readonly name: string; readonly dim: number; readonly values: number[][] }[];
  };
  readonly timings: { readonly training: number };
  readonly step: number;
}

/** 600 rows of three scenarios; whether a row is clicked follows from user and item. */
function logFile(): string {
  const lines = ['user,item,tab,click'];
  for (let i = 0; i < 600; i++) {
    const user = (i * 7) % 40;
    const item = (i * 13) % 25;
    lines.push(
      `u${user},i${item},${['home', 'search', 'cart'][i % 3]},${(user + item + (i % 5)) % 3 === 0 ? 1 : 0}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const quick = [
  '--preset',
  'tiny',
  '--steps',
  '12',
  '--batch',
  '64',
  '--evaluateEvery',
  '6',
  '--backend',
  'cpu',
];

describe('the command line', () => {
  let folder: string;
  let log: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lab-'));
    log = join(folder, 'log.csv');
    await writeFile(log, logFile());
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('trains on a file and prints settings, history, final metrics and timings as JSON', async () => {
    const saved = join(folder, 'weights.safetensors');
    const scores = join(folder, 'scores.csv');
    const words = [
      'train',
      '--model',
      'mmoe',
      '--data',
      log,
      '--seed',
      '3',
      ...quick,
      '--json',
      '--probe',
      'representation',
      '--probe',
      'gates',
    ];
    const { code, out, error } = await labProcess(...words, '--save', saved, '--predict', scores);
    expect(error.split('\n').every((line) => line === '' || line.endsWith('.'))).toBe(true);
    expect(code).toBe(0);
    const printed = JSON.parse(out) as Printed;
    expect(printed.setup).toMatchObject({ model: 'mmoe', seed: 3, training: { steps: 12 } });
    expect(printed.history.map(({ step }) => step)).toEqual([6, 12]);
    expect(printed.final.scenarios).toHaveLength(3);
    expect(printed.timings.training).toBeGreaterThan(0);
    const gates = printed.probes.at(-1)!.probes.find(({ name }) => name === 'gates')!;
    expect(gates.values[0]! + gates.values[1]!).toBeCloseTo(1, 5);
    const { rows, vectors } = printed.representation;
    expect(vectors.map(({ name }) => name)).toEqual(['mixed', 'lastLayer']);
    for (const { dim, values } of vectors) {
      expect(values).toHaveLength(rows.length);
      expect(values.every((vector) => vector.length === dim && vector.every(Number.isFinite))).toBe(true);
    }
    expect(Object.keys(readWeights(await readFile(saved)))).toContain('embedding');

    // The predictions give the printed AUC again.
    const [header, ...lines] = (await readFile(scores, 'utf8')).trim().split('\n');
    const column = (name: string): number => header!.split(',').indexOf(name);
    const values = (name: string): number[] => lines.map((line) => Number(line.split(',')[column(name)]));
    expect(auc(values('score'), values('label'), values('weight'))).toBeCloseTo(
      printed.final.overall.auc!,
      6,
    );

    const again = await lab(...words, '--weights', saved);
    expect(again.code).toBe(0);
  });

  it('trains to the same bits with one thread and with two', async () => {
    const weights: Buffer[] = [];
    for (const threads of ['1', '2']) {
      const file = join(folder, `threads-${threads}.safetensors`);
      const sizes = ['--preset', 'browser', '--steps', '2', '--batch', '512', '--evaluateEvery', '2'];
      const words = ['train', '--model', 'mmoe', '--data', log, ...sizes, '--threads', threads];
      const { code, out } = await labProcess(...words, '--save', file);
      expect(code).toBe(0);
      expect(out).toContain(`${threads} thread`);
      weights.push(await readFile(file));
    }
    expect(weights[0]!.equals(weights[1]!)).toBe(true);
  });

  it('goes on from a checkpoint to the metrics of one run', async () => {
    const half = join(folder, 'half.checkpoint');
    const train = [
      'train',
      '--model',
      'mix',
      '--data',
      log,
      '--preset',
      'tiny',
      '--batch',
      '64',
      '--backend',
      'cpu',
    ];
    const end = ['--evaluateEvery', '5', '--stopMetric', 'none', '--json'];
    await lab(...train, ...end, '--steps', '10', '--checkpoint', half);
    const resumed = JSON.parse(
      (await lab(...train, ...end, '--steps', '20', '--resume', half)).out,
    ) as Printed;
    const whole = JSON.parse((await lab(...train, ...end, '--steps', '20')).out) as Printed;
    expect(resumed.history).toEqual(whole.history);
    expect(resumed.final).toEqual(whole.final);
  });

  it('answers wrong usage with one sentence on stderr and code 2', async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [['fly'], /no command "fly"/],
      [['train', '--dataset', 'none'], /^There is no dataset "none"; known: aliccp-3, .*cloudtheme-355/],
      [['train', '--model', 'none'], /^There is no model "none"; `lab list` prints what there is\.$/],
      [['train', '--data', '/no/such/file.csv'], /cannot be read/],
      [['simulate', '--bend', '1'], /no knob "bend"/],
      [['train', '--threads', '0'], /--threads must be a whole number above 0/],
      [['train', '--rows'], /^--rows goes with --export FILE\.zip/],
      [['train', '--export', '/nonexistent/r.zip'], /^There is no folder \/nonexistent; make it, or name/],
      [['train', '--save', '/'], /^\/ is a folder; name another file after --save\.$/],
      [['export', 'run.json', '--out', '/nonexistent/r.zip'], /^There is no folder \/nonexistent/],
    ];
    for (const [k, [words, sentence]] of wrong.entries()) {
      // The first also proves what a shell sees.
      const answer = await (k === 0 ? labProcess : lab)(...words);
      expect(answer.code).toBe(2);
      expect(answer.out).toBe('');
      expect(answer.error.trim()).toMatch(sentence);
      expect(answer.error.trim().split('\n')).toHaveLength(1);
    }
  });

  it('names a file that is not there, in words', async () => {
    const { code, error } = await lab(
      'train',
      '--model',
      'mix',
      '--data',
      log,
      '--weights',
      '/no/such',
      ...quick,
    );
    expect(code).toBe(1);
    expect(error.trim().split('\n').at(-1)).toBe('The file /no/such is not there; check its name and place.');
  });

  it('takes nothing as given that it does not understand', () => {
    const setup = (...words: string[]) => setupOf(readFlags(words));
    expect(() => setup('--nothing', '1')).toThrow(/no setting "nothing"/);
    expect(() => setup('--steps')).toThrow(/--steps needs a value/);
    expect(() => setup('--steps', 'many')).toThrow(/steps must be a number/);
    expect(() => setup('--steps', '0')).toThrow(/steps must lie between 1 and/);
    expect(() => setup('steps', '3')).toThrow(/options start with --/);
    expect(setup('--steps=30', '--numExperts', '3').settings['numExperts']).toBe(3);
    expect(setup('--data', 'x').backend).toBe('wasm');
  });

  it('inspects a file; the mapping that it prints is one that train takes', async () => {
    const { code, out } = await lab('inspect', log, '--json');
    expect(code).toBe(0);
    const { facts, notices, mapping } = JSON.parse(out) as {
      facts: { totalRows: number; columns: { name: string; role: string }[] };
      notices: { code: string; sentence: string }[];
      mapping: { label: object; columns: { column: string; role: string }[] };
    };
    expect(facts).toMatchObject({ file: 'log.csv', totalRows: 600 });
    expect(facts.columns.map(({ name, role }) => [name, role])).toEqual([
      ['user', 'user'],
      ['item', 'item'],
      ['tab', 'scenario'],
      ['click', 'label'],
    ]);
    expect(notices.map((one) => one.code)).toEqual(['noTimeOrder']);
    const corrected = join(folder, 'mapping.json');
    await writeFile(corrected, JSON.stringify({ ...mapping, rareBelow: 1 }));
    const words = ['train', '--model', 'mix', '--data', log, '--map', corrected, ...quick, '--steps', '1'];
    expect(await lab(...words)).toMatchObject({ code: 0 });
    expect((await lab('inspect', log)).out).toContain('tab    scenario  text, 3 values.');
    const wrong = await lab('inspect');
    expect(wrong.code).toBe(2);
    expect(wrong.error).toMatch(/^Name one file/);
  });

  it('ends a run that fails with code 1', async () => {
    // In this process: that a shell sees the code is proved by wrong usage.
    const { code, error } = await lab('train', '--model', 'mscan', '--data', log, ...quick);
    expect(code).toBe(1);
    expect(error.trim().split('\n').at(-1)).toMatch(/history|behaviours/);
  });

  it('trains on the file that it simulated', async () => {
    const out = join(folder, 'world.parquet');
    const made = await lab('simulate', '--twin', 'conflict-4', '--seed', '4', '--out', out, '--json');
    expect(made.code).toBe(0);
    const facts = JSON.parse(made.out) as { readonly id: string; readonly fingerprint: string };
    expect(facts.id).toBe('conflict-4-seed4');
    // What it has always printed: making a world is dear, so tests/formats leaves it to this test.
    const { simulate: keys } = JSON.parse(
      await readFile(new URL('../tests/formats/samples/lab.json', import.meta.url), 'utf8'),
    ) as { readonly simulate: Readonly<Record<string, string>> };
    expect(outlineOf(facts)).toMatchObject(keys);
    const trained = await lab(
      'train',
      '--model',
      'mix',
      '--data',
      out,
      ...quick,
      '--evaluationRows',
      '50',
      '--json',
    );
    expect(trained.code).toBe(0);
    const record = JSON.parse(trained.out) as { datasetFingerprint: string; datasetTitle: string };
    expect(record.datasetFingerprint).toBe(facts.fingerprint);
    expect(record.datasetTitle).toContain('simulated');
  });

  it('lists models, settings and datasets', async () => {
    const { code, out } = await lab('list');
    expect(code).toBe(0);
    for (const word of ['mmoe', '--numExperts', '--steps', 'aliccp-3']) expect(out).toContain(word);
    const json = JSON.parse((await lab('list', '--json')).out) as { models: { id: string }[] };
    expect(json.models.map(({ id }) => id)).toContain('mix');
  });
});

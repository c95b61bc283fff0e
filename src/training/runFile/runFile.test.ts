import { describe, expect, it } from 'vitest';
import { recordBeforeTopics, recordWithTopics } from '../../../tests/support/oldRecord';
import { simulatedSmall } from '../../../tests/support/simulatedSmall';
import { createVariables, disposeVariables, openBackend } from '../../engine';
import { dataShape } from '../../models/inputs';
import { models } from '../../models/registry';
import { defaultSetup, presetSettings } from '../setup';
import type { RunRecord } from '../runRecord';
import { readRuns, type ReadRun } from './readRuns';
import { parseRecord, recordToText } from './recordText';
import { exportRuns } from './exportRuns';
import { zipOf, type NamedText } from './zip';

const record: RunRecord = {
  format: 'scenarium-run/1',
  id: 'x',
  name: 'a run',
  createdAt: '2026-01-01T00:00:00Z',
  status: 'done',
  failure: null,
  setup: defaultSetup(),
  datasetTitle: 't (simulated)',
  datasetFingerprint: 'f',
  scenarios: [],
  fields: [],
  relatedness: new Float32Array([1, 0.1]),
  backend: null,
  versions: {},
  step: 3,
  ceilings: null,
  history: [],
  losses: [],
  probeSpecs: [],
  probes: [
    {
      step: 3,
      probes: [{ name: 'g', shape: [1], values: new Float32Array([0.25]), defined: new Uint8Array([1]) }],
    },
  ],
  final: null,
  bestStep: null,
  timings: { firstStep: null, training: 1, evaluation: 1, step: null },
};

it('an exported run comes back to the bit', () => {
  expect(parseRecord(recordToText(record), 'x.json')).toEqual(record);
});

it('a run of any model comes back, whatever the axes of its probes are', async () => {
  await openBackend('cpu');
  const dataset = simulatedSmall(200);
  const axes = new Set<string>();
  for (const definition of models) {
    const { id } = definition;
    const configured = definition.configure(presetSettings(id, 'tiny'));
    const model = configured.build(dataShape(dataset, 32), createVariables(1));
    for (const { axes: own } of model.probes) for (const { name } of own) axes.add(name);
    const probeSpecs = model.probes.map(({ axes: own, ...probe }) => ({
      ...{ name: probe.name, topic: probe.topic, title: probe.title, reading: probe.reading },
      ...{ equation: probe.equation, scale: probe.scale },
      axes: own.map(({ name, labels }) => ({ name, ...(labels && { labels: [...labels] }) })),
    }));
    const of = { ...record, probeSpecs };
    expect(parseRecord(recordToText(of), 'x.json').probeSpecs, id).toEqual(probeSpecs);
    disposeVariables([...model.parameters, ...model.states, model.table]);
    model.dispose();
  }
  expect([...axes]).toContain('part');
});

it('a run that an earlier version exported has topics where its probes named tabs', () => {
  const text = recordToText(recordBeforeTopics('x') as RunRecord);
  expect(parseRecord(text, 'x.json')).toEqual(recordWithTopics('x'));
});

it('says in one sentence what is wrong with another file', () => {
  expect(() => parseRecord('{', 'a.json')).toThrow(/“a.json” is not JSON/);
  expect(() => parseRecord('{"format":"other"}', 'a.json')).toThrow(/not a run of this lab/);
  expect(() => parseRecord('null', 'a.json')).toThrow(/not a run of this lab/);
});

it.each([
  ['no set-up', { setup: null }, /not a run of this lab \(see setup\)/],
  ['a set-up without a model', { setup: {} }, /not a run of this lab \(see setup\.model\)/],
  ['a history of nothing', { history: [null] }, /not a run of this lab \(see history\.0\)/],
  [
    'a thinning of nothing',
    { thinning: { history: null } },
    /not a run of this lab \(see thinning\.history\)/,
  ],
  [
    'an unheard-of model',
    { setup: { ...record.setup, model: 'atlantis' } },
    /“atlantis”, which this lab does not have/,
  ],
  [
    'a setting out of range',
    { setup: { ...record.setup, settings: { embeddingDim: -1 } } },
    /does not fit this lab: .*embeddingDim/,
  ],
])('refuses a run with %s', (_, patch, sentence) => {
  expect(() => parseRecord(recordToText(Object.assign({ ...record }, patch)), 'a.json')).toThrow(sentence);
});

it.each([
  [[]],
  [['1.0→2.0', '1.0→2.1', '1.1→2.1']],
  [['1.0→2.0', '2.0→4.0']],
  [['1.0→999999999.0']],
  [['first']],
])('refuses a run with masks whose edges are named %j, which no picture could draw', (labels) => {
  const masks = { name: 'masks', topic: 'masks', title: 'Masks', reading: '', equation: '', scale: 'share' };
  const axes = [{ name: 'scenario' }, { name: 'edge', labels }];
  const text = recordToText(Object.assign({ ...record }, { probeSpecs: [{ ...masks, axes }] }));
  expect(() => parseRecord(text, 'a.json')).toThrow(
    /not a run of this lab \(see probeSpecs\.0\.axes\.1\.labels\)/,
  );
});

describe('files of runs', () => {
  const utf8 = (text: string) => new TextEncoder().encode(text);
  const runOf = (id: string): string => recordToText({ ...record, id });
  async function read(bytes: Uint8Array<ArrayBuffer>, name: string, most?: number): Promise<ReadRun[]> {
    const runs: ReadRun[] = [];
    for await (const run of readRuns(new File([bytes], name), most)) runs.push(run);
    return runs;
  }
  const zip = (files: readonly NamedText[]) => new Uint8Array(zipOf(files));
  const told = (runs: readonly ReadRun[]) => runs.map((run) => run.failure ?? run.record?.id);

  it('are one run, or all JSON files of a zip', async () => {
    expect(told(await read(utf8(runOf('ü')), 'run.json'))).toEqual(['ü']);
    const files = [
      { name: 'one.json', text: runOf('one') },
      { name: 'folder/two.json', text: runOf('two') },
      { name: '__MACOSX/._two.json', text: 'x' },
      { name: 'readme.txt', text: 'x' },
    ];
    expect(told(await read(zip(files), 'runs.zip'))).toEqual(['one', 'two']);
  });

  it('give the good runs where others are bad', async () => {
    const files = [
      { name: 'bad.json', text: '{' },
      { name: 'good.json', text: runOf('good') },
      { name: 'other.json', text: '{}' },
    ];
    expect(told(await read(zip(files), 'runs.zip'))).toEqual([
      expect.stringMatching(/“bad.json” is not JSON/),
      'good',
      expect.stringMatching(/“other.json” is not a run of this lab/),
    ]);
  });

  it('that hold no run, are damaged or unpack to too much are refused in one sentence', async () => {
    expect(told(await read(zip([{ name: 'readme.txt', text: 'x' }]), 'runs.zip'))[0]).toMatch(/holds no run/);
    const whole = zip([{ name: 'one.json', text: runOf('one') }]);
    expect(told(await read(whole.slice(0, -20), 'runs.zip'))[0]).toMatch(/damaged zip/);
    const bomb = zip([
      { name: 'bomb.json', text: ' '.repeat(3_000_000) },
      { name: 'good.json', text: runOf('good') },
    ]);
    expect(bomb.length).toBeLessThan(20_000);
    expect(told(await read(bomb, 'runs.zip', 2 ** 20))).toEqual([
      expect.stringMatching(/unpacks to more than/),
      'good',
    ]);
    const damaged = whole.slice();
    damaged.fill(255, 45, 90);
    expect(told(await read(damaged, 'runs.zip'))[0]).toMatch(/damaged/);
  });
});

it('exported runs come back: one as JSON, several as a zip, whatever they are called', async () => {
  const kept = new Map(['a', 'b', 'c'].map((id) => [id, { ...record, id: `${id}-0000000`, name: 'α/β' }]));
  const get = (id: string) => Promise.resolve(kept.get(id) ?? null);
  const read = async ({ name, file }: Awaited<ReturnType<typeof exportRuns>>) => {
    const ids: (string | undefined)[] = [];
    for await (const run of readRuns(new File([file], name))) ids.push(run.record?.id ?? run.failure);
    return ids;
  };
  const done: number[] = [];
  const all = await exportRuns(['a', 'b', 'gone', 'c'], get, (packed) => done.push(packed));
  expect(all.name).toBe('scenarium-runs.zip');
  expect(await read(all)).toEqual(['a-0000000', 'b-0000000', 'c-0000000']);
  expect(done).toEqual([1, 2, 3, 4]);
  const one = await exportRuns(['b'], get);
  expect([one.name, ...(await read(one))]).toEqual(['run.json', 'b-0000000']);
  await expect(exportRuns(['gone'], get)).rejects.toThrow('These runs were deleted; choose others.');
});

import { describe, expect, it } from 'vitest';
import { recordBeforeTopics, recordWithTopics } from '../../../../tests/support/oldRecord';
import { defaultSetup } from '../../../training/setup';
import type { RunRecord } from '../../../training/runRecord';
import { parseRecord, recordToText, runFiles, zipOf } from './exchange';

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
  expect(() => parseRecord(JSON.stringify({ ...record, ...patch }), 'a.json')).toThrow(sentence);
});

describe('files of runs', () => {
  const text = (one: string) => new TextEncoder().encode(one);

  it('are a text as it is, or all texts of a zip', () => {
    expect(runFiles(text('{"a":"ü"}'), 'run.json')).toEqual([{ name: 'run.json', text: '{"a":"ü"}' }]);
    const files = [
      { name: 'one.json', text: '{"a":1}' },
      { name: 'two.json', text: '{"b":"ü"}' },
    ];
    expect(runFiles(zipOf(files), 'runs.zip')).toEqual(files);
  });

  it('that hold no run, or are damaged, are refused in one sentence', () => {
    expect(() => runFiles(zipOf([{ name: 'readme.txt', text: 'x' }]), 'runs.zip')).toThrow(/holds no run/);
    const whole = zipOf([{ name: 'one.json', text: '{"a":1}' }]);
    expect(() => runFiles(whole.subarray(0, whole.length - 20), 'runs.zip')).toThrow(/damaged zip/);
  });
});

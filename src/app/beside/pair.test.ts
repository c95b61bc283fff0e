import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyRecord } from '../../../tests/support/emptyRecord';
import { defaultSetup, presetSettings } from '../../training/setup';
import { parseSetup } from '../../training/parseSetup';
import type { Metrics, ScenarioMetrics } from '../../training/metrics/types';
import { emptyQueue } from '../store/queueEdits';
import { useQueue } from '../store/queue';
import { viewOfRecord } from '../store/runView';
import type { RunView } from '../store/runView';
import { useSetup } from '../store/setup';
import { closePair, itemsOf, restoredPairs, trainBeside, useBeside, withItems } from './besideStore';
import { comparable, differences, pairNames, pairSetups, switchOf } from './pair';

const setup = parseSetup({
  ...defaultSetup(),
  model: 'optmsm',
  settings: presetSettings('optmsm', 'tiny'),
  seed: 7,
});
const by = switchOf('priors', true, false);

const auc = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null });
const scenario = (value: number | null): ScenarioMetrics => ({
  rows: 100,
  positives: 20,
  auc: value,
  noiseFreeAuc: value,
  interestAuc: null,
  logLoss: null,
  calibration: null,
});
const metrics = (values: readonly (number | null)[]): Metrics => ({
  scenarios: values.map(scenario),
  overall: scenario(null),
  domainAuc: values[0] ?? null,
  domainNoiseFreeAuc: values[0] ?? null,
  major5Auc: null,
  minor10Auc: null,
  minor5Auc: null,
});

function run(id: string, steps: readonly number[], final: Metrics | null = null): RunView {
  const history = steps.map((step) => ({ step, metrics: metrics([step / 100]) }));
  return viewOfRecord({ ...emptyRecord(id), setup, history, final, step: steps.at(-1) ?? 0 });
}

describe('a pair', () => {
  it('differs in its switch alone, and a toggle stands on before off whichever way it was turned', () => {
    expect(switchOf('priors', false, true)).toEqual(by);
    const [first, second] = pairSetups(setup, by);
    expect([first.settings['priors'], second.settings['priors']]).toEqual([true, false]);
    expect(parseSetup({ ...second, settings: first.settings })).toEqual(first);
    expect(first.seed).toBe(7);
    const [on, off] = pairNames(setup, by);
    expect([on.startsWith('with '), off.startsWith('without ')]).toEqual([true, true]);
  });

  it('is compared on test rows once both have ended, before that at the last step that both have', () => {
    expect(comparable(run('a', [10, 20, 30]), run('b', [10, 20]))).toMatchObject({
      rows: 'validation',
      step: 20,
    });
    expect(comparable(run('a', [10]), run('b', [20]))).toBeNull();
    expect(comparable(run('a', [10]), null)).toBeNull();
    const ended = [run('a', [10], metrics([0.6])), run('b', [10], metrics([0.5]))] as const;
    expect(comparable(ended[0], run('b', [10]))?.rows).toBe('validation');
    expect(comparable(...ended)).toMatchObject({
      rows: 'test',
      first: ended[0].final,
      second: ended[1].final,
    });
  });

  it('turned round has the same bars the other way, and no bar where either side is undefined', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(auc, auc), { minLength: 1, maxLength: 6 }), (values) => {
        const scenarios = values.map((_, s) => ({
          id: `s${s}`,
          name: `S${s}`,
          share: 1,
          clickRate: 0.1,
          group: null,
        }));
        const [first, second] = [0, 1].map((k) => metrics(values.map((both) => both[k] ?? null)));
        const there = differences(
          scenarios,
          { first: first!, second: second!, rows: 'test', step: null },
          'drawn',
        );
        const back = differences(
          scenarios,
          { first: second!, second: first!, rows: 'test', step: null },
          'drawn',
        );
        expect(there).toHaveLength(values.length + 1);
        there.forEach(({ value }, s) => {
          const [a, b] = values[s] ?? values[0]!;
          expect(value).toBe(a === null || b === null ? null : b - a);
          expect(back[s]!.value).toBe(value === null ? null : -value || 0);
        });
      }),
    );
  });
});

describe('training beside', () => {
  it('queues both runs, takes over what the queue makes of them, and comes back from what was kept', async () => {
    const id = await trainBeside(setup, by);
    const { items } = useQueue.getState();
    expect(items.map((item) => [item.setup.settings['priors'], item.setup.seed])).toEqual([
      [true, 7],
      [false, 7],
    ]);
    const { pairs } = useBeside.getState();
    expect(withItems(pairs, items)).toBe(pairs);
    const ran = withItems(
      pairs,
      items.map((item, k) => ({ ...item, run: `run ${k}` })),
    );
    expect(ran[0]!.runs).toEqual(['run 0', 'run 1']);
    expect(withItems(ran, []), 'a cleared queue takes nothing away').toBe(ran);
    expect(restoredPairs(JSON.stringify([...ran, null, { id: 3 }]))).toEqual(ran);
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(restoredPairs(text))));
    closePair(id);
    expect(useBeside.getState().pairs).toEqual([]);
  });

  it('does not train again what has just been trained to its end with the same settings and seed', async () => {
    useQueue.setState(emptyQueue);
    const done = { id: 'mine', setup: pairSetups(setup, by)[0], state: 'done', doneReason: 'steps' } as const;
    await trainBeside(setup, by, done);
    const [pair] = useBeside.getState().pairs;
    expect(pair!.runs).toEqual(['mine', null]);
    const items = useQueue.getState().items;
    expect(items.map((item) => item.setup.settings['priors'])).toEqual([false]);
    expect(itemsOf(pair!, items)).toEqual([null, items[0]]);
    await trainBeside(setup, by, { ...done, doneReason: 'stopped' });
    expect(useBeside.getState().pairs[0]!.runs).toEqual([null, null]);
  });

  it('is offered for a switch or an edge that was turned, until another model is chosen', () => {
    const { chooseModel, setSetting } = useSetup.getState();
    chooseModel('optmsm');
    setSetting('hidden', [8]);
    expect(useSetup.getState().switched).toBeNull();
    setSetting('lambdaOrth', 0);
    expect(useSetup.getState().switched).toEqual({ name: 'lambdaOrth', before: 1e-4 });
    setSetting('priors', false);
    setSetting('priors', false);
    expect(useSetup.getState().switched).toEqual({ name: 'priors', before: true });
    chooseModel('mmoe');
    expect(useSetup.getState().switched).toBeNull();
  });
});

import { describe, expect, test } from 'vitest';
import { fidelityOf, noiseFreeAuc } from './fidelity';
import { counterfactualProbabilities } from './counterfactual';
import { CAUSAL_GRAPH } from './graph';
import { KNOB_NAMES, KNOBS } from './knobs';
import { datasetId, simulate, simulateSteps, type SimulationProgress } from './simulate';
import { settingsSchema, worldOf } from './settings';
import { newTinyDataset, TINY, tinyDataset, tinyWorld } from './testing';
import { twinSchema } from './spec';
import { findTwin, SIMULATIONS } from './twins';
import { WORLDS } from './worlds';
import { SPLIT } from '../dataset';

const request = { twin: 'tiny', size: 'small', seed: 1, knobs: {} } as const;

describe('simulation', () => {
  test('the same request gives the same dataset, another seed another', async () => {
    const [a, b, c] = await Promise.all([tinyDataset(), newTinyDataset(), tinyDataset({}, 2)]);
    expect(a.fingerprint).toBe(b.fingerprint);
    expect(c.fingerprint).not.toBe(a.fingerprint);
  });

  test('reports progress that never goes back, and ends at 1', async () => {
    const shares: number[] = [];
    await simulate(request, { onProgress: (p: SimulationProgress) => shares.push(p.share) }, tinyWorld());
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual([...shares].sort((x, y) => x - y));
    expect(shares.at(-1)).toBe(1);
  });

  test('is cancelled between two chunks by its signal', async () => {
    const controller = new AbortController();
    const run = simulate(
      request,
      { signal: controller.signal, onProgress: (p) => p.stage === 'clicks' && controller.abort() },
      tinyWorld(),
    );
    await expect(run).rejects.toThrow(/abort/i);
  });

  test('refuses a wrong request in one sentence', async () => {
    await expect(simulate({ twin: 'atlantis', size: 'small', seed: 1, knobs: {} })).rejects.toThrow(
      /no twin “atlantis”; choose one of aliccp-3/,
    );
    await expect(simulate({ twin: 'aliccp-3', size: 'small', seed: -1, knobs: {} })).rejects.toThrow(/seed/);
    await expect(
      simulate({ twin: 'aliccp-3', size: 'small', seed: 1, knobs: { conflict: 3 } }),
    ).rejects.toThrow(/choose a value from 0 to 1/);
  });

  test('refuses a click rate that prominence makes impossible, and says which knobs to lower', () => {
    const scenarios = TINY.scenarios.map((s) => ({ ...s, clickRate: 0.6 }));
    const world = tinyWorld({ directEffect: 1, positionBias: 1 }, 1, { ...TINY, scenarios });
    expect(() => [...simulateSteps(request, world)]).toThrow(/lower directEffect or positionBias/);
  });

  test('rows are ordered by person and then time; validation follows training and test follows validation', async () => {
    const dataset = await tinyDataset();
    const user = dataset.columns[1]!;
    const time = dataset.timestamp!;
    const ends = [-Infinity, -Infinity, -Infinity];
    const starts = [Infinity, Infinity, Infinity];
    for (let row = 0; row < dataset.rows; row++) {
      if (row > 0 && user[row] === user[row - 1]) expect(time[row]).toBeGreaterThanOrEqual(time[row - 1]!);
      if (row > 0) expect(user[row]).toBeGreaterThanOrEqual(user[row - 1]!);
      const part = dataset.split[row]!;
      ends[part] = Math.max(ends[part]!, time[row]!);
      starts[part] = Math.min(starts[part]!, time[row]!);
    }
    expect(ends[SPLIT.train]).toBeLessThan(starts[SPLIT.validation]!);
    expect(ends[SPLIT.validation]).toBeLessThan(starts[SPLIT.test]!);
  });

  test('ids stay inside their fields, and fields tile the merged id space', async () => {
    const dataset = await tinyDataset();
    let offset = 1;
    dataset.fields.forEach((field, f) => {
      expect(field.offset).toBe(offset);
      offset += field.size;
      for (const id of dataset.columns[f]!)
        if (id < 1 || id >= field.size) throw new Error(`${field.name}: ${id}`);
    });
    expect(dataset.vocabularySize).toBe(offset);
  });

  test('a history is what its person clicked before, in time order, newest last', async () => {
    const dataset = await tinyDataset({ history: 1 });
    const history = dataset.history!;
    const user = dataset.columns[1]!;
    const item = dataset.columns[6]!;
    const L = history.length;
    let followed = 0;
    // Places that are wrong, looked at once: an assertion a behaviour would take longer than the simulation.
    const wrong: string[] = [];
    for (let row = 0; row < dataset.rows; row++) {
      const have = history.lengths[row]!;
      for (let k = 0; k < L; k++) {
        const step = row * L + k;
        const age = history.age[step]!;
        const right =
          k >= have
            ? history.scenario[step] === -1 && age === 0 && history.ids[step * 3] === 0
            : age >= 0 && (k === 0 || age <= history.age[step - 1]!);
        if (!right) wrong.push(`row ${row}, behaviour ${k}`);
      }
      const next = row + 1;
      if (next >= dataset.rows || user[next] !== user[row]) continue;
      const before = Array.from({ length: have }, (_, k) => history.ids[(row * L + k) * 3]!);
      const after = Array.from(
        { length: history.lengths[next]! },
        (_, k) => history.ids[(next * L + k) * 3]!,
      );
      const clicked = dataset.label[row] === 1 && dataset.split[row] === SPLIT.train;
      if (!clicked && dataset.label[row] !== 0) continue;
      const expected = clicked ? [...before, item[row]!].slice(-L) : before;
      if (after.join() !== expected.join())
        wrong.push(`row ${next}: ${after.join()}, not ${expected.join()}`);
      if (clicked) followed++;
    }
    expect(wrong).toEqual([]);
    expect(followed).toBeGreaterThan(100);
  });

  test('labels follow their probabilities: in every tenth of truth_p, clicks are as many as expected', async () => {
    const dataset = await tinyDataset();
    const order = Array.from({ length: dataset.rows }, (_, row) => row).sort(
      (a, b) => dataset.truth!.probability[a]! - dataset.truth!.probability[b]!,
    );
    for (let tenth = 0; tenth < 10; tenth++) {
      const rows = order.slice((tenth * order.length) / 10, ((tenth + 1) * order.length) / 10);
      const expected = rows.reduce((sum, row) => sum + dataset.truth!.probability[row]!, 0);
      const clicks = rows.reduce((sum, row) => sum + dataset.label[row]!, 0);
      // Four standard deviations of independent draws; systematic draws scatter less.
      expect(Math.abs(clicks - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
  });

  test('weights bring evaluation rows back to true shares', async () => {
    const dataset = await tinyDataset();
    for (const part of [SPLIT.validation, SPLIT.test]) {
      const sums = new Float64Array(4);
      let total = 0;
      for (let row = 0; row < dataset.rows; row++) {
        if (dataset.split[row] !== part) continue;
        sums[dataset.scenario[row]!]! += dataset.weight[row]!;
        total += dataset.weight[row]!;
      }
      TINY.scenarios.forEach((scenario, s) => expect(sums[s]! / total).toBeCloseTo(scenario.share, 2));
    }
  });

  test('the id says what differs from the committed sample', () => {
    expect(datasetId({ twin: 'aliccp-3', size: 'small', seed: 1, knobs: {} })).toBe('aliccp-3');
    expect(datasetId({ twin: 'aliccp-3', size: 'medium', seed: 4, knobs: { conflict: 0.5 } })).toBe(
      'aliccp-3-medium-seed4-conflict0.5',
    );
  });
});

describe('counterfactual probabilities', () => {
  test('give truth_p in the row’s own scenario, exactly', async () => {
    const dataset = await tinyDataset();
    const rows = Array.from({ length: dataset.rows }, (_, row) => row);
    const all = counterfactualProbabilities(dataset, rows);
    const own = Float32Array.from(rows, (row) => all[row * 4 + dataset.scenario[row]!]!);
    expect(own).toEqual(dataset.truth!.probability);
  });

  test('differ between scenarios by the intercept alone where no edge leaves the scenario', async () => {
    const dataset = await tinyDataset({ interestShift: 0, directEffect: 0, positionBias: 0 });
    const rows = Array.from({ length: 500 }, (_, row) => row);
    const all = counterfactualProbabilities(dataset, rows);
    const logit = (p: number) => Math.log(p / (1 - p));
    const { intercepts } = settingsSchema.parse(
      dataset.source.kind === 'simulated' && dataset.source.settings,
    );
    for (const r of rows)
      for (let t = 1; t < 4; t++) {
        // Probabilities hold 12 bits, so logits hold about three digits.
        const difference = logit(all[r * 4 + t]!) - logit(all[r * 4]!);
        expect(Math.abs(difference - (intercepts[t]! - intercepts[0]!))).toBeLessThan(2e-3);
      }
  });

  test('differ in ranking where scenarios shift interests', async () => {
    const dataset = await tinyDataset({ interestShift: 1, opposition: 0.5 });
    const rows = Array.from({ length: 2000 }, (_, row) => row);
    const all = counterfactualProbabilities(dataset, rows);
    const [s, t] = [0, 3];
    expect(dataset.relatedness![s * 4 + t]).toBeLessThan(0);
    const first = Float32Array.from(rows, (r) => all[r * 4 + s]!);
    const other = Float32Array.from(rows, (r) => all[r * 4 + t]!);
    expect(noiseFreeAuc(first, first)! - noiseFreeAuc(first, other)!).toBeGreaterThan(0.05);
  });

  test('are alike in all scenarios where nothing leads from scenario to click', async () => {
    const cut = { baseRate: 0, directEffect: 0, interestShift: 0, opposition: 0, conflict: 0 };
    const apart = async (knobs: Record<string, number>): Promise<number> => {
      const dataset = await tinyDataset(knobs);
      const rows = Array.from({ length: 500 }, (_, k) => k * 11);
      const all = counterfactualProbabilities(dataset, rows);
      return Math.max(...rows.map((_, r) => Math.abs(all[r * 4]! - all[r * 4 + 3]!)));
    };
    expect(await apart(cut)).toBe(0);
    expect(await apart({ ...cut, baseRate: 0.5 })).toBeGreaterThan(0.01);
    expect(await apart({ ...cut, directEffect: 0.5 })).toBeGreaterThan(0.01);
    expect(await apart({ ...cut, conflict: 0.5 })).toBeGreaterThan(0.01);
  });

  test('carry promotions and signals with them: the own scenario gives truth_p again', async () => {
    const twin = { ...TINY, signals: { specific: 3, common: 2 } };
    const dataset = await tinyDataset({ promotionLift: 1.5, specificFields: 0.7, conflict: 0.4 }, 1, twin);
    const rows = Array.from({ length: dataset.rows }, (_, row) => row);
    const all = counterfactualProbabilities(dataset, rows);
    for (const row of rows) {
      expect(all[row * 4 + dataset.scenario[row]!]).toBe(dataset.truth!.probability[row]);
    }
  });

  test('are refused for imported data in one sentence', () => {
    const source = { kind: 'imported', file: 'log.csv', note: '' } as const;
    expect(() => counterfactualProbabilities({ fields: [], columns: [], source, truth: null }, [0])).toThrow(
      /Only simulated data has a known truth/,
    );
  });
});

describe('twins', () => {
  test.each(SIMULATIONS.map((twin) => twin.id))(
    '%s is a valid specification whose shares add up to 1',
    (id) => {
      const twin = findTwin(id);
      expect(() => twinSchema.parse(twin)).not.toThrow();
      const total = twin.scenarios.reduce((sum, s) => sum + s.share, 0);
      expect(Math.abs(total - 1)).toBeLessThan(1e-6);
      expect(new Set(twin.scenarios.map((s) => s.id)).size).toBe(twin.scenarios.length);
      const groups = twin.scenarios.map((s) => s.group);
      for (const group of twin.opposedGroups) expect(groups).toContain(group);
    },
  );

  test('a cause world’s dose is a knob, 0 among its values, and so are its own', () => {
    expect(WORLDS.map(({ cause }) => cause?.paper)).toEqual([
      'sarnet',
      'causalint',
      'optmsm',
      'mscan',
      'aread',
    ]);
    for (const { id, cause, knobs } of WORLDS) {
      const knob = KNOBS.find(({ name }) => name === cause!.dose)!;
      expect(cause!.doses[0]).toBe(0);
      for (const dose of cause!.doses) {
        expect(dose).toBeGreaterThanOrEqual(knob.min);
        expect(dose).toBeLessThanOrEqual(knob.max);
        expect(() =>
          worldOf({ twin: id, size: 'small', seed: 1, knobs: { [knob.name]: dose } }),
        ).not.toThrow();
      }
      expect(cause!.doses).toContain(knobs[knob.name]);
    }
    const minor = findTwin('dozens-48').scenarios.filter(({ share }) => share < 0.01);
    expect(minor).toHaveLength(36);
  });

  test('published counts hold: domains, minor domains, largest shares, overall rates', () => {
    const minor = (id: string) => findTwin(id).scenarios.filter((s) => s.share < 0.02).length;
    const overall = (id: string) => findTwin(id).scenarios.reduce((sum, s) => sum + s.share * s.clickRate, 0);
    const largest = (id: string) => Math.max(...findTwin(id).scenarios.map((s) => s.share));
    expect([minor('amazon-25'), minor('aliccp-30')]).toEqual([12, 23]);
    expect(largest('amazon-25')).toBeCloseTo(0.17, 6);
    expect(largest('aliccp-30')).toBeCloseTo(0.6051, 6);
    expect(overall('amazon-25')).toBeCloseTo(0.4976, 4);
    expect(overall('aliccp-30')).toBeCloseTo(0.074, 3);
    expect(overall('aliexpress-4')).toBeCloseTo(0.0213, 4);
    expect(overall('finance-4')).toBeCloseTo(0.0722, 4);
    expect(findTwin('cloudtheme-355').scenarios.length).toBe(355);
  });

  test('355 scenarios simulate, with at least 200 test rows each', async () => {
    const dataset = await simulate({ twin: 'cloudtheme-355', size: 'small', seed: 1, knobs: {} });
    const rows = new Int32Array(355);
    for (let row = 0; row < dataset.rows; row++) {
      if (dataset.split[row] === SPLIT.test) rows[dataset.scenario[row]!]!++;
    }
    expect(Math.min(...rows)).toBeGreaterThanOrEqual(200);
    const { shareError, clickRateError, headroom } = fidelityOf(dataset);
    expect(shareError).toBeLessThan(0.2);
    expect(clickRateError).toBeLessThan(0.03);
    expect(headroom).toBeGreaterThan(0.03);
    expect(headroom).toBeLessThan(0.08);
  });
});

describe('causal graph', () => {
  test('every edge joins two nodes, and every knob with an edge is drawn once', () => {
    const ids = new Set(CAUSAL_GRAPH.nodes.map((node) => node.id));
    for (const edge of CAUSAL_GRAPH.edges)
      expect([ids.has(edge.from), ids.has(edge.to)]).toEqual([true, true]);
    const knobs = CAUSAL_GRAPH.edges.flatMap((edge) => edge.knobs);
    expect(new Set(knobs).size).toBe(knobs.length);
    for (const knob of knobs) expect(KNOB_NAMES).toContain(knob);
  });
});

test('a world is named by what was changed of its twin', async () => {
  expect((await tinyDataset()).title).toBe(TINY.title);
  expect((await tinyDataset({ opposition: 0.5, interestShift: 1 })).title).toBe(
    `${TINY.title}, Interest shift 1, Opposition 0.5`,
  );
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pathsOf, areadPicture } from './aread';
import { causalintPicture } from './causalint';
import { list, one, short, sigmoid } from './flow';
import type { FlowPicture, StoredFlow } from './flow';
import { joined, layOut } from './flowLayout';
import { mscanPicture } from './mscan';
import { optmsmPicture } from './optmsm';
import { aucByPairs } from './ranking';
import { sarnetPicture } from './sarnet';
import { edgeLabels } from '../../../../models/papers/aread/maskReading';
import { maskLayout } from '../../../../models/papers/aread/masks';

const read = (story: string): StoredFlow =>
  JSON.parse(readFileSync(new URL(`./flows/${story}.json`, import.meta.url), 'utf8')) as StoredFlow;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const pictures: Readonly<Record<string, (flow: StoredFlow) => FlowPicture>> = {
  sarnet: sarnetPicture,
  causalint: causalintPicture,
  optmsm: optmsmPicture,
  mscan: mscanPicture,
  aread: areadPicture,
};

describe('the stored row of', () => {
  it.each(Object.keys(pictures))(
    '%s is drawn whole: every arrow joins two boxes, every part of the equation has its step',
    (name) => {
      const picture = pictures[name]!(read(name));
      const boxes = new Set(picture.boxes.map(({ id }) => id));
      expect(boxes.size).toBe(picture.boxes.length);
      for (const { from, to } of picture.arrows)
        expect([boxes.has(from), boxes.has(to)]).toEqual([true, true]);
      for (const { x, y } of picture.boxes)
        expect(Math.max(Math.abs(x - 0.5), Math.abs(y - 0.5))).toBeLessThanOrEqual(0.5);
      for (const { step } of [...picture.boxes, ...picture.arrows]) expect(picture.steps[step]).toBeDefined();
      for (const { step } of picture.equation) if (step !== null) expect(picture.steps[step]).toBeDefined();
    },
  );

  it.each(Object.keys(pictures))(
    '%s stands on end on a phone: boxes inside, apart, and wide enough for their words',
    (name) => {
      const picture = pictures[name]!(read(name));
      for (const width of [336, 366, 460]) {
        const { height, places } = layOut(picture, width, true);
        for (const [id, box] of places) {
          expect(Math.min(box.x - box.width, box.y - box.height), id).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width, `${id} at ${width}`).toBeLessThanOrEqual(width);
          expect(box.y + box.height, id).toBeLessThanOrEqual(height);
          for (const [other, { x, y, width: w, height: h }] of places) {
            if (other === id) continue;
            const apart = Math.abs(x - box.x) >= w + box.width || Math.abs(y - box.y) >= h + box.height;
            expect(apart, `${id} and ${other} at ${width}`).toBe(true);
          }
        }
        for (const { id, label, value = '' } of picture.boxes)
          expect(places.get(id)!.width * 2).toBeGreaterThanOrEqual(
            Math.max(label.length * 5.7, value.length * 7),
          );
        for (const { from, to } of picture.arrows) {
          const { x1, y1, x2, y2 } = joined(places.get(from)!, places.get(to)!, true);
          expect(Math.hypot(x2 - x1, y2 - y1), `${from} to ${to}`).toBeGreaterThan(8);
        }
      }
    },
  );

  it('sarnet: the prediction is the experts’ scores by their gates (Eq 10), the coefficient the ratio of shares (Eq 1)', () => {
    const flow = read('sarnet');
    const gate = list(flow, 'gate');
    const z = list(flow, 'expertLogits');
    expect(sum(gate)).toBeCloseTo(1, 5);
    expect(sum(gate.map((g, e) => g * sigmoid(z[e]!)))).toBeCloseTo(one(flow, 'clean'), 5);
    // Each of the four is kept to six digits, of which the product of two above 1 may lose the last.
    expect(one(flow, 'unitBefore') * one(flow, 'unitScale') + one(flow, 'unitShift')).toBeCloseTo(
      one(flow, 'unitAfter'),
      4,
    );
    const loss = -Math.log(one(flow, 'clean'));
    expect(sarnetPicture(flow).steps.at(-1)?.text).toContain(
      `a log loss of ${short(loss)}; debiased, it counts as ${short(loss * one(flow, 'coefficient'))}`,
    );
    expect(one(flow, 'earnedShare') / one(flow, 'shownShare')).toBeCloseTo(one(flow, 'coefficient'), 4);
  });

  it('causalint: α sums to 1, the probability is that of the logit, and the simulator’s own scenario is the row’s truth', () => {
    const flow = read('causalint');
    expect(sum(list(flow, 'alpha'))).toBeCloseTo(1, 5);
    expect(sigmoid(one(flow, 'logit'))).toBeCloseTo(one(flow, 'probability'), 5);
    const own = flow.names['scenarios']!.indexOf(flow.row.scenario);
    expect(list(flow, 'truthElsewhere')[own]).toBeCloseTo(flow.row.truth, 4);
  });

  it('optmsm: the probability is that of the logit, gates lie in (0, 1), scales in (0, 2)', () => {
    const flow = read('optmsm');
    expect(sigmoid(one(flow, 'logit'))).toBeCloseTo(one(flow, 'probability'), 5);
    for (const gate of list(flow, 'gate')) expect(Math.abs(gate - 0.5)).toBeLessThan(0.5);
    for (const scale of list(flow, 'scales')) expect(Math.abs(scale - 1)).toBeLessThan(1);
  });

  it('mscan: product, probability and ranking score are those of Eq 8 and 12', () => {
    const flow = read('mscan');
    const gate = sigmoid(one(flow, 'scenarioLogit'));
    expect(sigmoid(gate * one(flow, 'matchScore'))).toBeCloseTo(one(flow, 'probability'), 5);
    expect(gate * (one(flow, 'matchScore') - one(flow, 'c'))).toBeCloseTo(one(flow, 'score'), 4);
    expect(sum(list(flow, 'historyWeight'))).toBeCloseTo(1, 4);
    const shown = mscanPicture(flow);
    expect(shown.boxes.find(({ id }) => id === 'd')?.value).toBe(short(one(flow, 'score')));
    expect(shown.steps.at(-1)?.text).toContain(`${short(gate * one(flow, 'c'))} for this row`);
    // A last step that takes nothing away would show nothing.
    expect(Math.abs(one(flow, 'score') - gate * one(flow, 'matchScore'))).toBeGreaterThan(0.1);
  });

  it('aread: the prediction is the mean of the active heads (Eq 9), which the mask reaches (Eq 7)', () => {
    const flow = read('aread');
    const layers = list(flow, 'layers');
    const active = list(flow, 'activeHeads');
    const heads = list(flow, 'headLogits');
    const paths = pathsOf(layers);
    const mask = list(flow, 'mask');
    expect(paths.map(({ layer, from, to }) => `${layer + 1}.${from}→${layer + 2}.${to}`)).toEqual(
      edgeLabels(maskLayout([...layers])),
    );
    const on = heads.map((_, n) => n).filter((n) => active[n] === 1);
    expect(sum(on.map((n) => sigmoid(heads[n]!))) / on.length).toBeCloseTo(one(flow, 'probability'), 5);
    const last = layers.length - 2;
    const reached = new Set(
      paths.flatMap(({ layer, to }, k) => (layer === last && mask[k] === 1 ? [to] : [])),
    );
    expect([...reached].sort((a, b) => a - b)).toEqual(on);
    expect(sum(mask)).toBeLessThan(mask.length);
  });
});

describe('AUC by pairs', () => {
  it('counts pairs, ties by half, and is undefined without both kinds', () => {
    const rows = [0.9, 0.8, 0.7, 0.7].map((score, k) => ({ score, click: [1, 0, 1, 0][k]! }));
    expect(aucByPairs(rows)).toBe((1 + 1 + 0 + 0.5) / 4);
    expect(aucByPairs(rows.map((row) => ({ ...row, click: 1 })))).toBeNull();
  });

  it('of probabilities is what drawn clicks would have on average, and the truth’s own order is the best', () => {
    const truth = [0.9, 0.4, 0.2];
    const of = (score: readonly number[]) =>
      aucByPairs(score.map((value, k) => ({ score: value, click: truth[k]! })))!;
    const best = of(truth);
    for (const order of [
      [1, 2, 3],
      [3, 1, 2],
      [2, 3, 1],
    ])
      expect(of(order)).toBeLessThanOrEqual(best);
  });
});

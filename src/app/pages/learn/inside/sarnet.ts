import { largest, list, named, one, short, sigmoid, tex } from './flow';
import type { FlowPicture, StoredFlow } from './flow';

/** Attention, transform, experts, gate, prediction; then what the row's loss would weigh. */
export function sarnetPicture(flow: StoredFlow): FlowPicture {
  const weights = list(flow, 'behaviourWeight');
  const top = largest(weights, 3);
  const gate = list(flow, 'gate');
  const z = list(flow, 'expertLogits');
  const probability = one(flow, 'clean');
  /** What a click costs where it is given this probability. */
  const loss = -Math.log(probability);
  const experts = gate.map((_, e) => e);
  const place = (e: number): number => (e + 0.5) / experts.length;
  return {
    boxes: [
      ...top.map((k, at) => ({
        id: `b${at}`,
        label: named(flow, 'behaviours', k),
        value: named(flow, 'behaviourScenarios', k),
        x: 0,
        y: 0.2 + at * 0.3,
        step: 0,
      })),
      {
        id: 'v',
        label: 'vector v',
        value: `${flow.numbers['gathered']?.length ?? 0} units`,
        x: 0.27,
        y: 0.5,
        step: 0,
      },
      {
        id: 't',
        label: 'transform',
        value: `${short(one(flow, 'unitBefore'))} → ${short(one(flow, 'unitAfter'))}`,
        x: 0.53,
        y: 0.5,
        step: 1,
      },
      ...experts.map((e) => ({
        id: `e${e}`,
        label: named(flow, 'experts', e),
        value: `σ(z) ${short(sigmoid(z[e] ?? 0))}`,
        x: 0.77,
        y: place(e),
        step: 2,
      })),
      { id: 'p', label: 'click', value: short(probability, 3), x: 1, y: 0.5, step: 3 },
    ],
    arrows: [
      ...top.map((k, at) => ({
        from: `b${at}`,
        to: 'v',
        value: short(weights[k] ?? 0, 3),
        step: 0,
        weight: (weights[k] ?? 0) / (weights[top[0]!] || 1),
      })),
      {
        from: 'v',
        to: 't',
        step: 1,
      },
      ...experts.map((e) => ({ from: 't', to: `e${e}`, step: 2 })),
      ...experts.map((e) => ({
        from: `e${e}`,
        to: 'p',
        value: short(gate[e] ?? 0),
        weight: gate[e] ?? 0,
        step: 3,
      })),
    ],
    equation: [
      { tex: String.raw`v_{cb} = \sum_k \alpha^i_k\, \alpha^s_k\, p_k`, step: 0 },
      { tex: String.raw`v' = v \otimes \beta^s + \gamma^s`, step: 1 },
      { tex: String.raw`o_e = \sigma(z_e)`, step: 2 },
      { tex: String.raw`y = \sum_e g_e\, o_e`, step: 3 },
      { tex: String.raw`w = \frac{F / \sum F}{PV / \sum PV}`, step: 4 },
    ],
    inNumbers: String.raw`w = \frac{${tex(one(flow, 'earnedShare') * 100)}\,\%}{${tex(one(flow, 'shownShare') * 100)}\,\%} = ${tex(one(flow, 'coefficient'))}`,
    steps: [
      {
        title: 'Read the past',
        text: 'Each behaviour counts by two attentions multiplied: how its item fits this one, and how its scenario fits this one. The three largest are shown.',
      },
      {
        title: 'Bend it to the scenario',
        text: `Past, person, item and scenario stand side by side. The scenario scales and shifts every unit; the one that moves most goes from ${short(one(flow, 'unitBefore'))} to ${short(one(flow, 'unitAfter'))}: times ${short(one(flow, 'unitScale'))}, plus ${short(one(flow, 'unitShift'))}.`,
      },
      {
        title: 'Ask the experts',
        text: 'Experts of this scenario alone and shared ones each give a click probability. Bias nets stood beside them in training; at inference they are gone.',
      },
      {
        title: 'Weigh them',
        text: `The scenario’s gate says how much each expert counts; the numbers on the arrows add up to 1: ${experts.map((e) => `${short(gate[e] ?? 0)} · ${short(sigmoid(z[e] ?? 0))}`).join(' + ')} = ${short(probability, 3)}. The truth for this row is ${short(flow.row.truth, 3)}.`,
      },
      {
        title: 'What its loss would weigh',
        text: `This item earns ${short(one(flow, 'earnedShare') * 100)} % of the scenario’s predicted clicks and had ${short(one(flow, 'shownShare') * 100)} % of its exposures in training. Its fairness coefficient is ${short(one(flow, 'coefficient'))}. A clicked row of it with this prediction has a log loss of ${short(loss)}; debiased, it counts as ${short(loss * one(flow, 'coefficient'))}. Bias nets multiply each expert’s score besides, in training only. Nothing else of a row is changed.`,
      },
    ],
  };
}

import { list, named, one, short, sigmoid, tex } from './flow';
import type { FlowPicture, StoredFlow } from './flow';

/** The gate over shared fields, representations at right angles, own fields, the hypernetwork's scales. */
export function optmsmPicture(flow: StoredFlow): FlowPicture {
  const gate = list(flow, 'gate');
  const fields = flow.names['fields'] ?? [];
  /** A signal that counts here, one that counts elsewhere, one that counts everywhere. */
  const top = ['signal_1', 'signal_2', 'signal_5']
    .map((field) => fields.indexOf(field))
    .filter((at) => at >= 0);
  const cosines = list(flow, 'cosine');
  const [logit, probability] = [one(flow, 'logit'), one(flow, 'probability')];
  const [low, mean, high] = [one(flow, 'scales', 0), one(flow, 'scales', 1), one(flow, 'scales', 2)];
  const own = named(flow, 'own', 0);
  return {
    boxes: [
      ...top.map((f, at) => ({
        id: `f${at}`,
        label: named(flow, 'fields', f).replace('_', ' '),
        value: `gate ${short(gate[f] ?? 0)}`,
        x: 0,
        y: 0.12 + at * 0.24,
        step: 0,
      })),
      { id: 's', label: 'own fields', value: `place ${flow.row.place}`, x: 0, y: 0.88, step: 2 },
      { id: 'r', label: 'row, here', value: 'r', x: 0.3, y: 0.36, step: 1 },
      ...cosines.map((value, n) => ({
        id: `r${n}`,
        label: `in ${named(flow, 'scenarios', n)}`,
        value: `cos ${short(value)}`,
        x: 0.6,
        y: 0.1 + n * 0.2,
        step: 1,
      })),
      { id: 'R', label: 'side by side', value: 'R₀', x: 0.42, y: 0.82, step: 2 },
      {
        id: 'G',
        label: 'hypernetwork',
        value: `× ${short(low)} … ${short(high)}`,
        x: 0.76,
        y: 0.82,
        step: 3,
      },
      { id: 'y', label: 'click', value: short(probability, 3), x: 1, y: 0.5, step: 4 },
    ],
    arrows: [
      ...top.map((f, at) => ({
        from: `f${at}`,
        to: 'r',
        value: short(gate[f] ?? 0),
        weight: gate[f] ?? 0,
        step: 0,
      })),
      ...cosines.map((_, n) => ({ from: 'r', to: `r${n}`, step: 1 })),
      { from: 'r', to: 'R', step: 2 },
      { from: 's', to: 'R', step: 2 },
      { from: 'R', to: 'G', value: `mean ${short(mean)}`, step: 3 },
      { from: 'G', to: 'y', value: short(logit), step: 4 },
    ],
    equation: [
      { tex: String.raw`z^m = \sigma(W^m \bar e_c + b^m)`, step: 0 },
      { tex: String.raw`\mathcal L_{orth} = \sum_{i \ne j} \cos(r^i, r^j)`, step: 1 },
      { tex: String.raw`R_0 = r^m \oplus e^m`, step: 2 },
      { tex: String.raw`G = 2\sigma(w_1\, \mathrm{relu}(w_0 R_0))`, step: 3 },
      { tex: String.raw`\hat y = \sigma(W R_L)`, step: 4 },
    ],
    inNumbers: String.raw`\hat y = \sigma(${tex(logit)}) = ${tex(sigmoid(logit), 3)}`,
    steps: [
      {
        title: 'Weigh the shared fields',
        text: `Each scenario has a gate from 0 to 1 for each shared field. Shown are three signals: the first counts here, the second in another scenario, the fifth in all. The mean over all ${fields.length} shared fields is ${short(gate.reduce((sum, value) => sum + value, 0) / gate.length)}.`,
      },
      {
        title: 'The same row elsewhere',
        text: 'The row is represented in every scenario. The constraint pulls the cosines between them down, towards right angles and below. These are measured after training.',
      },
      {
        title: 'Own fields join late',
        text: `The scenario’s own fields (${own}) took no part so far. Now they stand beside the representation.`,
      },
      {
        title: 'Scale the predictor',
        text: `The hypernetwork reads both and scales the units of the predictor’s first layer by ${short(low)} to ${short(high)}, ${short(mean)} on average. 1 changes nothing.`,
      },
      {
        title: 'Predict',
        text: `A logit of ${short(logit)} is a click probability of ${short(probability, 3)}. The truth for this row is ${short(flow.row.truth, 3)}.`,
      },
    ],
  };
}

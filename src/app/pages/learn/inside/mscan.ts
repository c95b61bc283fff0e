import { largest, list, named, one, short, sigmoid, tex } from './flow';
import type { FlowPicture, StoredFlow } from './flow';

/** Co-attention, match, scenario, their product, and the score that takes the scenario away. */
export function mscanPicture(flow: StoredFlow): FlowPicture {
  const weights = list(flow, 'historyWeight');
  const top = largest(weights, 3);
  const [match, scenario, c] = [one(flow, 'matchScore'), one(flow, 'scenarioLogit'), one(flow, 'c')];
  const gate = sigmoid(scenario);
  const logit = match * gate;
  const score = gate * (match - c);
  return {
    boxes: [
      ...top.map((k, at) => ({
        id: `b${at}`,
        label: named(flow, 'behaviours', k),
        value: `${named(flow, 'behaviourScenarios', k)}`,
        x: 0,
        y: 0.1 + at * 0.22,
        step: 0,
      })),
      { id: 'm', label: 'match ŷ_m', value: short(match), x: 0.36, y: 0.3, step: 1 },
      { id: 's', label: 'scenario, place', value: `place ${flow.row.place}`, x: 0, y: 0.86, step: 2 },
      { id: 'ys', label: 'σ(ŷ_s)', value: short(gate), x: 0.36, y: 0.86, step: 2 },
      { id: 'y', label: 'logit ŷ', value: short(logit), x: 0.7, y: 0.34, step: 3 },
      { id: 'p', label: 'click', value: short(sigmoid(logit), 3), x: 1, y: 0.34, step: 3 },
      { id: 'd', label: 'ranking score', value: short(score), x: 0.78, y: 0.86, step: 4 },
    ],
    arrows: [
      ...top.map((k, at) => ({
        from: `b${at}`,
        to: 'm',
        value: short(weights[k] ?? 0),
        weight: weights[k] ?? 0,
        step: 0,
      })),
      { from: 's', to: 'ys', value: short(scenario), step: 2 },
      { from: 'm', to: 'y', value: short(match), step: 3 },
      { from: 'ys', to: 'y', value: `× ${short(gate)}`, step: 3 },
      { from: 'y', to: 'p', step: 3 },
      { from: 'ys', to: 'd', value: `× (${short(match)} − ${c < 0 ? `(${short(c)})` : short(c)})`, step: 4 },
    ],
    equation: [
      { tex: String.raw`R_h = \sum_j \beta_j h_j`, step: 0 },
      { tex: String.raw`\hat y_m = \mathrm{FFN}([u, i, s, h, R_h])`, step: 1 },
      { tex: String.raw`\hat y_s = \mathrm{FFN}(s)`, step: 2 },
      { tex: String.raw`\hat y = \hat y_m\, \sigma(\hat y_s)`, step: 3 },
      { tex: String.raw`\hat y_{db} = \sigma(\hat y_s)(\hat y_m - c)`, step: 4 },
    ],
    inNumbers: String.raw`\hat y_{db} = ${tex(gate)} \cdot (${tex(match)} - ${c < 0 ? `(${tex(c)})` : tex(c)}) = ${tex(score)}`,
    steps: [
      {
        title: 'Read behaviours from everywhere',
        text: 'Co-attention weighs each behaviour by how well it fits any behaviour in the current scenario, and the item. The three largest weights are shown.',
      },
      {
        title: 'Score the match',
        text: `From person, item, scenario and past the network scores interest: ${short(match)}. It is a logit, so it may be negative.`,
      },
      {
        title: 'Score the place',
        text: `A branch of its own sees nothing but the scenario and its page: place ${flow.row.place} gives σ(ŷₛ) = ${short(gate)}.`,
      },
      {
        title: 'Multiply',
        text: `${short(match)} · ${short(gate)} = ${short(logit)}, a click probability of ${short(sigmoid(logit), 3)}. The truth for this row is ${short(flow.row.truth, 3)}. This product is trained on clicks.`,
      },
      {
        title: 'Take the scenario away',
        text: `c is one number for all rows: the match without interest. Here it is ${short(c)}, chosen by AUC on validation clicks. It is taken off the match before the product, so what goes is σ(ŷₛ) · c: ${short(gate * c)} for this row, another amount where the place is another. What is left, ${short(score)}, orders the rows.`,
      },
    ],
  };
}

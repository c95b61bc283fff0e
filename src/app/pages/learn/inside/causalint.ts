import { list, named, one, short, sigmoid, tex } from './flow';
import type { FlowPicture, StoredFlow } from './flow';

/** Two representations, a vote of every scenario's expert, α, the prediction. */
export function causalintPicture(flow: StoredFlow): FlowPicture {
  const alpha = list(flow, 'alpha');
  const votes = list(flow, 'vote');
  const truth = list(flow, 'truthElsewhere');
  const experts = alpha.map((_, p) => p);
  const place = (p: number): number => 0.14 + (p / Math.max(1, experts.length - 1)) * 0.72;
  const [logit, probability] = [one(flow, 'logit'), one(flow, 'probability')];
  return {
    boxes: [
      { id: 'E', label: 'row', value: 'embeddings E', x: 0, y: 0.5, step: 0 },
      {
        id: 'ir',
        label: 'X_IR, common',
        value: `length ${short(one(flow, 'lengthIR'))}`,
        x: 0.24,
        y: 0.2,
        step: 0,
      },
      {
        id: 'sr',
        label: 'X_SR, scenario',
        value: `length ${short(one(flow, 'lengthSR'))}`,
        x: 0.24,
        y: 0.82,
        step: 0,
      },
      ...experts.map((p) => ({
        id: `h${p}`,
        label: named(flow, 'scenarios', p),
        value: `vote ${short(votes[p] ?? 0)}`,
        x: 0.52,
        y: place(p),
        step: 1,
      })),
      { id: 'T', label: 'TransNet', value: 'Σ α H', x: 0.78, y: 0.5, step: 2 },
      { id: 'y', label: 'click', value: short(probability, 3), x: 1, y: 0.5, step: 3 },
    ],
    arrows: [
      { from: 'E', to: 'ir', step: 0 },
      { from: 'E', to: 'sr', step: 0 },
      ...experts.map((p) => ({ from: 'ir', to: `h${p}`, step: 1 })),
      ...experts.map((p) => ({
        from: `h${p}`,
        to: 'T',
        value: short(alpha[p] ?? 0),
        weight: alpha[p] ?? 0,
        step: 2,
      })),
      { from: 'T', to: 'y', value: short(logit), step: 3 },
    ],
    equation: [
      { tex: String.raw`X_{IR} = f_1(E),\; X_{SR} = f_2(E)`, step: 0 },
      { tex: String.raw`\hat y^{d,p} = \sigma(V^d H^p)`, step: 1 },
      { tex: String.raw`\alpha = \mathrm{softmax}(g(X_{SR})),\; T = \sum_p \alpha_p H^p`, step: 2 },
      { tex: String.raw`\hat y = \sigma(g^d(X_{IR}\, T))`, step: 3 },
    ],
    inNumbers: String.raw`\hat y = \sigma(${tex(logit)}) = ${tex(sigmoid(logit), 3)}`,
    steps: [
      {
        title: 'Part the row in two',
        text: 'One representation is to hold what is true everywhere, the other what names the scenario. Four tasks in training part them.',
      },
      {
        title: 'Ask every scenario',
        text: `What would the click be there? Each scenario’s expert votes. The simulator knows the answers: ${truth.map((value, p) => `${named(flow, 'scenarios', p)} ${short(value)}`).join(', ')}.`,
      },
      {
        title: 'Weigh the experts',
        text: 'α comes from a classifier that tries to name the scenario from X_SR; the numbers on the arrows add up to 1. Experts are mixed before they act, so the prediction is not simply the mean of the votes.',
      },
      {
        title: 'Predict',
        text: `The scenario’s own classifier turns the result into a logit of ${short(logit)} and a click probability of ${short(probability, 3)}. The truth for this row is ${short(flow.row.truth, 3)}.`,
      },
    ],
  };
}

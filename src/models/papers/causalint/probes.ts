/** What CausalInt shows: gate, votes, conflict between scenarios, orthogonality, length of the inner step. */
import * as tf from '@tensorflow/tfjs-core';
import type { DataShape, Inputs, Probe } from '../../definition';
import { oncePerPass, rowVectors, scenarioAxis, sumByScenario } from '../../probes';
import { lossSlope, scenarioCounts } from './conflict';
import type { CausalIntPass } from './pass';
import { tasksOf } from './representation';

/** Bins of the cosine's histogram over [-1, 1]. */
const BINS = 20;

const binLabels = Array.from({ length: BINS }, (_, i) => {
  const low = -1 + (2 * i) / BINS;
  return `${low.toFixed(1)} to ${(low + 2 / BINS).toFixed(1)}`;
});

/** Parts of the model that probes look into; null where a switch has removed them. */
interface ProbeOptions {
  /** α of a row `[B, N]`, where there are experts. */
  readonly alpha: ((pass: CausalIntPass) => tf.Tensor2D) | null;
  /** ŷ(d→p) before the sigmoid `[B, N]`. */
  readonly votes: ((pass: CausalIntPass, inputs: Inputs) => tf.Tensor2D) | null;
  /** Whether the representation has its tasks (Eq 1–9). */
  readonly tasks: boolean;
}

const countsOf = oncePerPass((_: CausalIntPass, inputs: Inputs): tf.Tensor1D =>
  tf.reshape(scenarioCounts(inputs), [-1]),
);

/** Probes of the parts that a model has. */
export function createProbes(
  shape: DataShape,
  { alpha, votes, tasks }: ProbeOptions,
): Probe<CausalIntPass>[] {
  const scenario = scenarioAxis(shape);
  const otherScenario = { name: 'otherScenario', labels: shape.scenarioIds } as const;
  const probes: Probe<CausalIntPass>[] = [];
  if (alpha) {
    probes.push({
      name: 'alpha',
      topic: 'gates',
      title: 'α by true scenario',
      reading:
        'Each row is a scenario; its cells say how much the expert of every scenario counts, and sum to 1.',
      equation: String.raw`\alpha = \mathrm{Softmax}(g_{\phi_2}(X_{SR}))\quad(5)`,
      axes: [scenario, otherScenario],
      scale: 'share',
      compute: (pass, inputs) => sumByScenario(alpha(pass), inputs),
    });
  }
  if (votes) {
    probes.push({
      name: 'votes',
      topic: 'counterfactual',
      title: 'Votes ŷ(d→p)',
      reading:
        'What the expert of scenario p says of rows that happened in scenario d: a click rate had they happened in p.',
      equation: String.raw`\hat y^{d,p} = \mathrm{Sigmoid}(V^d H'^p)\quad(19)`,
      axes: [scenario, otherScenario],
      scale: 'probability',
      compute: (pass, inputs) => sumByScenario(tf.sigmoid(votes(pass, inputs)), inputs),
    });
  }
  probes.push(
    {
      name: 'scenarioGradient',
      topic: 'conflict',
      title: 'Gradients of the scenarios’ losses',
      reading:
        'Mean gradient of each scenario’s loss by the shared representation; the cosine of two rows below 0 is a conflict.',
      equation: String.raw`g^d = \nabla_{X_{IR}} \mathrm{Loss}^d\quad(12)`,
      axes: [scenario, { name: 'unit' }],
      scale: 'signed',
      compute: (pass, inputs) => ({
        sum: pass.fused.scenarioSum(lossSlope(pass.fused.logit, inputs)),
        count: countsOf(pass, inputs),
      }),
    },
    rowVectors({
      name: 'xIR',
      title: 'Scenario-invariant representation',
      reading:
        'What the invariant extractor keeps of a row; scenarios should overlap where it carries nothing of them.',
      equation: String.raw`X_{IR} = f_{\theta_1}(E)\quad(1)`,
      vectors: ({ representation }: CausalIntPass) => representation.xIr,
    }),
  );
  return tasks ? [...probes, ...taskProbes(shape)] : probes;
}

/** Probes of the two extractors and their classifiers. */
function taskProbes(shape: DataShape): Probe<CausalIntPass>[] {
  const scenario = scenarioAxis(shape);
  return [
    rowVectors({
      name: 'xSR',
      title: 'Scenario-specific representation',
      reading:
        'What the scenario’s extractor keeps of a row; scenarios should part, as a classifier reads it.',
      equation: String.raw`X_{SR} = f_{\theta_2}(E)\quad(2)`,
      vectors: ({ representation }: CausalIntPass) => tasksOf(representation).xSr,
    }),
    {
      name: 'orthogonality',
      topic: 'conflict',
      title: 'Cosine between ∇Loss₁ and ∇Loss₂',
      reading:
        'Share of rows by the cosine of their two gradients by the embeddings; orthogonal gradients stand at 0.',
      equation: String.raw`\cos(\nabla_E \mathrm{Loss}_1, \nabla_E \mathrm{Loss}_2)\quad(9)`,
      axes: [scenario, { name: 'bin', labels: binLabels }],
      scale: 'share',
      compute({ representation }, inputs) {
        const tasks = tasksOf(representation);
        const [inner, one, two] = tf.split<tf.Tensor2D>(tasks.gradients(inputs.scenarioOneHot), 3, 1);
        const direction = tf.div(inner!, tf.sqrt(tf.add(tf.mul(one!, two!), 1e-20)));
        // The closed form drops ∂Loss₁/∂z₁, a positive or negative number; its sign turns the cosine round.
        const cosine = tf.mul(direction, tf.sign(tf.sub(tf.sigmoid(tasks.generalLogit), inputs.label)));
        return sumByScenario(histogram(cosine), inputs);
      },
    },
    {
      name: 'innerStep',
      topic: 'conflict',
      title: 'Length of the inner gradient',
      reading:
        'Mean length of the gradient that the meta-learning step follows; times η it is how far X moves.',
      equation: String.raw`\lVert \nabla_{X_{IR}} \mathrm{Loss}_1 \rVert\quad(14)`,
      axes: [scenario],
      scale: 'value',
      compute(pass, inputs) {
        const lengths = tasksOf(pass.representation).innerLengths(inputs);
        return {
          sum: tf.reshape(sumByScenario(lengths, inputs).sum, [-1]),
          count: countsOf(pass, inputs),
        };
      },
    },
  ];
}

/** One-hot bins `[B, 20]` of values in [-1, 1] `[B, 1]`. */
function histogram(values: tf.Tensor): tf.Tensor2D {
  const scaled = tf.floor(tf.mul(tf.add(values, 1), BINS / 2));
  const bin = tf.clipByValue(scaled, 0, BINS - 1);
  return tf.cast<tf.Tensor2D>(tf.equal(bin, tf.reshape(tf.range(0, BINS), [1, BINS])), 'float32');
}

/** Numbers for the pictures: gate, votes, conflict between scenarios, orthogonality, length of the inner step. */
import * as tf from '@tensorflow/tfjs-core';
import { sumByScenario } from '../../clickModel';
import type { DataShape, Inputs, ProbeSpec, ProbeTensor } from '../../definition';
import { rowVectors } from '../../representation';
import { lossSlope, scenarioCounts } from './conflict';
import type { Pass } from './model';
import type { CausalIntSettings } from './settings';

/** Bins of the cosine's histogram over [-1, 1]. */
const BINS = 20;

const binLabels = Array.from({ length: BINS }, (_, i) => {
  const low = -1 + (2 * i) / BINS;
  return `${low.toFixed(1)} to ${(low + 2 / BINS).toFixed(1)}`;
});

/** Probes that these settings can answer. */
export function probeSpecs(
  settings: CausalIntSettings,
  shape: DataShape,
  hasExperts: boolean,
): readonly ProbeSpec[] {
  const scenario = { name: 'scenario', labels: shape.scenarioIds } as const;
  const other = { name: 'otherScenario', labels: shape.scenarioIds } as const;
  const specs: ProbeSpec[] = [];
  if (hasExperts) {
    specs.push({
      name: 'alpha',
      topic: 'gates',
      title: 'α by true scenario',
      reading:
        'Each row is a scenario; its cells say how much the expert of every scenario counts, and sum to 1.',
      equation: String.raw`\alpha = \mathrm{Softmax}(g_{\phi_2}(X_{SR}))\quad(5)`,
      axes: [scenario, other],
      scale: 'share',
    });
  }
  if (settings.fusion === 'transnet') {
    specs.push({
      name: 'votes',
      topic: 'counterfactual',
      title: 'Votes ŷ(d→p)',
      reading:
        'What the expert of scenario p says of rows that happened in scenario d: a click rate had they happened in p.',
      equation: String.raw`\hat y^{d,p} = \mathrm{Sigmoid}(V^d H'^p)\quad(19)`,
      axes: [scenario, other],
      scale: 'probability',
    });
  }
  specs.push({
    name: 'scenarioGradient',
    topic: 'conflict',
    title: 'Gradients of the scenarios’ losses',
    reading:
      'Mean gradient of each scenario’s loss by the shared representation; the cosine of two rows below 0 is a conflict.',
    equation: String.raw`g^d = \nabla_{X_{IR}} \mathrm{Loss}^d\quad(12)`,
    axes: [scenario, { name: 'unit' }],
    scale: 'signed',
  });
  specs.push(
    rowVectors({
      name: 'xIR',
      title: 'Scenario-invariant representation',
      reading:
        'What the invariant extractor keeps of a row; scenarios should overlap where it carries nothing of them.',
      equation: String.raw`X_{IR} = f_{\theta_1}(E)\quad(1)`,
    }),
  );
  if (settings.invar) {
    specs.push(
      rowVectors({
        name: 'xSR',
        title: 'Scenario-specific representation',
        reading:
          'What the scenario’s extractor keeps of a row; scenarios should part, as a classifier reads it.',
        equation: String.raw`X_{SR} = f_{\theta_2}(E)\quad(2)`,
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
      },
    );
  }
  return specs;
}

interface Tools {
  readonly votes: ((x: tf.Tensor2D, s: tf.Tensor2D) => tf.Tensor2D) | null;
}

/** Sums by scenario and the scenarios' row counts, for one evaluation batch. */
export function runProbes(
  pass: Pass,
  inputs: Inputs,
  { votes }: Tools,
): Readonly<Record<string, ProbeTensor>> {
  const { scenarioOneHot: oneHot, label } = inputs;
  const { xIr, tasks } = pass.representation;
  const count = tf.reshape(scenarioCounts(inputs), [-1]);
  const byScenario = (rows: tf.Tensor2D): ProbeTensor => sumByScenario(rows, inputs);
  const probes: Record<string, ProbeTensor> = {
    scenarioGradient: { sum: pass.fused.scenarioSum(lossSlope(pass.fused.logit, inputs)), count },
  };
  if (pass.alpha) probes.alpha = byScenario(pass.alpha);
  if (votes) probes.votes = byScenario(tf.sigmoid(votes(xIr, pass.from.s)));
  if (tasks) {
    const [inner, one, two] = tf.split<tf.Tensor2D>(tasks.gradients(oneHot), 3, 1);
    const direction = tf.div(inner!, tf.sqrt(tf.add(tf.mul(one!, two!), 1e-20)));
    // The closed form drops ∂Loss₁/∂z₁, a positive or negative number; its sign turns the cosine round.
    const cosine = tf.mul(direction, tf.sign(tf.sub(tf.sigmoid(tasks.generalLogit), label)));
    probes.orthogonality = byScenario(histogram(cosine));
    const lengths = byScenario(tasks.innerLengths(inputs));
    probes.innerStep = { sum: tf.reshape(lengths.sum, [-1]), count };
  }
  return probes;
}

/** One-hot bins `[B, 20]` of values in [-1, 1] `[B, 1]`. */
function histogram(values: tf.Tensor): tf.Tensor2D {
  const scaled = tf.floor(tf.mul(tf.add(values, 1), BINS / 2));
  const bin = tf.clipByValue(scaled, 0, BINS - 1);
  return tf.cast<tf.Tensor2D>(tf.equal(bin, tf.reshape(tf.range(0, BINS), [1, BINS])), 'float32');
}

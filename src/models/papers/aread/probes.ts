/** What AREAD shows: its gates, its masks, what a mask search tried, and hidden vectors below the heads. */
import * as tf from '@tensorflow/tfjs-core';
import { mixExpertsStacked } from '../../../engine';
import type { DataShape, Probe } from '../../definition';
import { numbered, rowVectors, scenarioAxis, sumByScenario } from '../../probes';
import { edgeLabels } from './maskReading';
import type { MaskLayout } from './masks';
import type { MaskStates } from './maskStates';
import type { AreadPass } from './pass';
import type { AreadSettings } from './settings';

/** Names of the probes that a mask search sends itself, outside evaluations. */
export const searchProbes = {
  candidateScores: 'candidateScores',
  chosenCandidate: 'chosenCandidate',
  density: 'maskDensity',
  augmentation: 'augmentation',
} as const;

/** Probes of the hierarchical model; with `hemp` off, those of masks fall away. */
export function createProbes(
  shape: DataShape,
  settings: AreadSettings,
  layout: MaskLayout,
  states: Pick<MaskStates, 'masks'>,
): Probe<AreadPass>[] {
  const scenario = scenarioAxis(shape);
  const edge = { name: 'edge', labels: edgeLabels(layout) } as const;
  const always: Probe<AreadPass>[] = [
    {
      name: 'gates',
      topic: 'gates',
      title: 'Base experts by scenario',
      reading:
        'How much of what enters the hierarchy comes from each base expert, averaged over a scenario’s rows.',
      equation: String.raw`\bar g_{d,k}=\operatorname{mean}_{x\in d,\,n}\operatorname{softmax}(W_nE+b_n)_k\quad\text{(Eq 3)}`,
      axes: [scenario, { name: 'expert', labels: numbered('expert', settings.baseExperts) }],
      scale: 'share',
      compute: ({ baseGates }, inputs) => sumByScenario(tf.mean(baseGates, 1), inputs),
    },
    {
      name: 'edgeGates',
      topic: 'masks',
      title: 'Gate weights between expert layers',
      reading:
        'Mean weight that an upper expert’s gate gives to a lower expert on a scenario’s rows, before the mask.',
      equation: String.raw`\bar g_{l,n}[i]\quad\text{(Eq 3)}`,
      axes: [scenario, edge],
      scale: 'probability',
      quantity: 'gate weight',
      compute: ({ gates }, inputs) => sumByScenario(gates, inputs),
    },
    rowVectors({
      name: 'lastLayer',
      title: 'Last layer of experts, mean of the active ones',
      reading: 'What the heads read: scenarios with overlapping masks pass the same experts and stand close.',
      equation: String.raw`\textstyle\sum_n K_{d,n}\, e_{L,n} \big/ \sum_n K_{d,n}\quad\text{(Eq 3, 7)}`,
      // The prediction averages the active heads, so the probe does.
      vectors: ({ lastOutputs, heads }: AreadPass) => mixExpertsStacked(lastOutputs, heads.share),
    }),
    rowVectors({
      name: 'entry',
      title: 'Input of the hierarchy, mean over its first experts',
      reading: 'The base experts’ mixture before any mask: what all scenarios share.',
      equation: String.raw`I_1 = \textstyle\sum_k g_k(x)\, X_k\quad\text{(Eq 3)}`,
      vectors: ({ firstEntry }: AreadPass) => tf.mean(firstEntry, 0),
    }),
  ];
  if (!settings.hemp) return always;
  return [
    ...always,
    {
      name: 'masks',
      topic: 'masks',
      title: 'Masks by scenario',
      reading: 'Which edges between expert layers a scenario uses: 1 kept, 0 cut.',
      equation: String.raw`M_d^{(l)}\in\{0,1\}^{N_{l-1}\times N_l}\quad\text{(Eq 4)}`,
      axes: [scenario, edge],
      scale: 'value',
      quantity: 'kept',
      compute() {
        const masks = states.masks.map((mask) => tf.reshape(mask.tensor, [shape.scenarios, -1]));
        return { sum: tf.concat(masks, 1), count: tf.scalar(1) };
      },
    },
    ...searchResults(shape, settings),
  ];
}

/** What a mask search sends of itself, outside evaluations. */
function searchResults(shape: DataShape, settings: AreadSettings): Probe<AreadPass>[] {
  const scenario = scenarioAxis(shape);
  const candidate = { name: 'candidate', labels: numbered('', settings.numCandidates) } as const;
  return [
    {
      name: searchProbes.candidateScores,
      source: 'procedure',
      topic: 'masks',
      title: 'Candidates’ scores in the latest search',
      reading:
        'Log loss of each candidate mask on the same training batches of its scenario; the least is chosen.',
      equation: String.raw`M_d=\arg\min_{z}\mathcal L(f(x,d;T_{d,z}),y)\quad\text{(Algorithm 1)}`,
      axes: [scenario, candidate],
      scale: 'value',
      quantity: 'log loss',
    },
    {
      name: searchProbes.chosenCandidate,
      source: 'procedure',
      topic: 'masks',
      title: 'Chosen candidate',
      reading: '1 for the candidate that became the scenario’s mask.',
      equation: String.raw`M_d=T_{d,z^*}\quad\text{(Algorithm 1)}`,
      axes: [scenario, candidate],
      scale: 'value',
      quantity: 'chosen',
    },
    {
      name: searchProbes.density,
      source: 'procedure',
      topic: 'masks',
      title: 'Density of the chosen mask by trial step',
      reading: 'Share of edges left in the chosen candidate: at its start, then after each trial step.',
      equation: String.raw`\lVert T_{d,z}\rVert_0\big/\textstyle\sum_{l}N_{l-1}N_l\quad\text{(Algorithm 1)}`,
      axes: [
        scenario,
        {
          name: 'position',
          labels: Array.from({ length: settings.trialSteps + 1 }, (_, k) => `step ${k}`),
        },
      ],
      scale: 'value',
      quantity: 'share of edges',
    },
    {
      name: searchProbes.augmentation,
      source: 'procedure',
      topic: 'masks',
      title: 'Counterfactual rows by source and target',
      reading:
        'How many clicks on unpopular items of a major scenario (row) were copied to a minor one (column).',
      equation: String.raw`y(x,d\in\mathcal D_a\mid p(i)<\rho)=1\Rightarrow y(x,d'\in\mathcal D_b\mid p(i)<\rho)=1\quad\text{(Eq 5)}`,
      axes: [scenario, { name: 'otherScenario', labels: shape.scenarioIds }],
      scale: 'value',
      quantity: 'rows',
    },
  ];
}

/**
 * PEPNet and its two halves (Chang et al., KDD 2023): gates made of what is known beforehand of a row multiply the embeddings
 * (EPNet, by the domain's side) and the inputs of every layer (PPNet, by user and item). One task here, so one tower.
 */
import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../../engine';
import type { DataShape, Inputs, Pass, PaperReference, Probe } from '../definition';
import {
  createGateNu,
  createGateNuBank,
  createLinear,
  createMlp,
  fieldIndices,
  pickFlat,
  priorBias,
  type Gate,
} from '../layers';
import { lastLayer, numbered, rowVectors, scenarioAxis, sumByScenario } from '../probes';
import { ablation, hyper, type SettingsOf } from '../settings';
import { baselineFields, hidden } from './common';
import { defineBaseline, type Network, type NetworkParts } from './defineBaseline';

const fields = {
  ...baselineFields,
  hidden: hidden('Hidden layers', 'Widths of the tower.', [256, 128, 64]),
  gateWidth: hyper.int({
    label: 'Gate width',
    help: 'Hidden units of each Gate NU.',
    default: 64,
    min: 1,
    max: 512,
    paper: '–',
  }),
  gamma: hyper.real({
    label: 'Largest factor γ',
    help: 'A gate multiplies by a factor between 0 and γ; at γ/2 it stands in the middle.',
    default: 2,
    min: 0.5,
    max: 4,
    step: 0.5,
    paper: '2',
  }),
  stopGradient: ablation.toggle({
    label: 'Stop gradient into gates',
    help: 'Gates read the embeddings that they multiply without gradient, so that only the priors learn from them.',
    default: true,
    paperName: '⊘ (Eq 5, 8)',
  }),
} as const;

const paper: PaperReference = {
  title:
    'PEPNet: Parameter and Embedding Personalized Network for Infusing with Personalized Prior Information',
  authors: 'Chang, Zhang, Hui, Leng, Niu, Song, Gai',
  venue: 'KDD',
  year: 2023,
  url: 'https://doi.org/10.1145/3580305.3599884',
};

const presets = {
  paper: { gamma: 2 },
  browser: { batchNorm: 'off', hidden: [64, 32], gateWidth: 32 },
  tiny: { hidden: [6, 4], gateWidth: 5, embeddingDim: 4, historyLength: 3 },
} as const;

interface PepnetPass extends Pass {
  readonly lastLayer: tf.Tensor2D;
  /** O_ep: what the tower reads `[B, D]`. */
  readonly embeddings: tf.Tensor2D;
  /** Of the embeddings `[B, D]`; null without EPNet. */
  readonly domainGate: Gate | null;
  /** Of each layer's inputs, the output layer's last `[B, w_l]`; none without PPNet. */
  readonly layerGates: readonly Gate[];
}

interface Modules {
  readonly epnet: boolean;
  readonly ppnet: boolean;
}

/** Fields of the domain's side: its id and what belongs to a scenario. @throws RangeError where there is none */
function domainSide(shape: DataShape): readonly number[] {
  const indices = shape.fields.flatMap(({ role, scenarioSpecific }, index) =>
    role === 'scenario' || scenarioSpecific ? [index] : [],
  );
  if (indices.length === 0)
    throw new RangeError('EPNet’s gate reads the scenario as a field; give the scenario column that role.');
  return indices;
}

/** What stands side by side in the flat inputs: the fields, then the item fields of the history where it is read. */
function fieldNames(
  shape: DataShape,
  { history, scenarioField }: PepnetParts['settings'],
): readonly string[] {
  const earlier = history === 'off' ? [] : (shape.history?.itemFields ?? []);
  const read = shape.fields.filter(({ role }) => scenarioField === 'on' || role !== 'scenario');
  return [
    ...read.map(({ name }) => name),
    ...earlier.map((index) => `earlier ${shape.fields[index]?.name ?? ''}`),
  ];
}

/** Mean factor of every field by scenario, from factors `[B, F' d]`. */
function fieldFactors(gate: tf.Tensor2D, dim: number, inputs: Inputs) {
  const [rows, width] = gate.shape;
  const means = tf.mean<tf.Tensor2D>(tf.reshape(gate, [rows, width / dim, dim]), 2);
  return sumByScenario(means, inputs);
}

const factorsOf = (gates: readonly Gate[]): tf.Tensor2D[] => gates.map((gate) => gate.factors());

/** Factors side by side, one number a layer and row: the mean of `of(factor)` over the layer's units `[B, L + 1]`. */
const perLayer = (gates: readonly tf.Tensor2D[], of: (gate: tf.Tensor2D) => tf.Tensor2D): tf.Tensor2D =>
  tf.concat2d(
    gates.map((gate) => tf.mean(of(gate), 1, true)),
    1,
  );

function createProbes(
  { shape, settings }: PepnetParts,
  { epnet, ppnet }: Modules,
): readonly Probe<PepnetPass>[] {
  const scenario = scenarioAxis(shape);
  const middle = settings.gamma / 2;
  const layers = [...numbered('into layer', settings.hidden.length), 'into output'];
  const missing = (): never => {
    throw new Error('This gate is not part of the model.');
  };
  return [
    ...(epnet
      ? [
          {
            name: 'domainGate',
            topic: 'gates',
            title: 'How much each scenario keeps of each field',
            reading:
              'A scenario’s mean factor of a field’s embedding over its own evaluation rows: 1 leaves it as it is, 0 takes it away.',
            equation: String.raw`\delta_{domain} = U_{ep}(E(F_d) \oplus \oslash(E)),\quad O_{ep} = \delta_{domain} \otimes E`,
            axes: [scenario, { name: 'field', labels: fieldNames(shape, settings) }],
            scale: 'value',
            quantity: 'factor',
            compute: ({ domainGate }, inputs) =>
              fieldFactors((domainGate ?? missing()).factors(), settings.embeddingDim, inputs),
          } satisfies Probe<PepnetPass>,
          rowVectors<PepnetPass>({
            name: 'embeddings',
            title: 'Gated embeddings',
            reading: 'What the tower reads of a row, after the domain’s gate.',
            equation: String.raw`O_{ep} = \delta_{domain} \otimes E`,
            vectors: (pass) => pass.embeddings,
          }),
        ]
      : []),
    ...(ppnet
      ? [
          {
            name: 'layerGates',
            topic: 'gates',
            title: 'How strongly each layer is gated',
            reading:
              'The mean factor of a layer’s inputs over a scenario’s own evaluation rows; 1 changes nothing.',
            equation: String.raw`\delta_{task} = U_{pp}(O_{prior} \oplus \oslash(O_{ep})),\quad O_{pp}^{(l)} = \delta_{task}^{(l)} \otimes H^{(l)}`,
            axes: [scenario, { name: 'layer', labels: layers }],
            scale: 'value',
            quantity: 'factor',
            compute: ({ layerGates }, inputs) =>
              sumByScenario(
                perLayer(factorsOf(layerGates), (gate) => gate),
                inputs,
              ),
          } satisfies Probe<PepnetPass>,
          {
            name: 'personalisation',
            topic: 'gates',
            title: 'How much the gates differ between rows and units',
            reading:
              'Standard deviation of a layer’s factors over a scenario’s rows and the layer’s units; 0 would be one network for all.',
            equation: String.raw`\mathrm{sd}\big(\delta^{(l)}_{task}\big)`,
            axes: [scenario, { name: 'layer', labels: layers }],
            scale: 'value',
            quantity: 'standard deviation',
            compute: ({ layerGates }, inputs) => {
              const from = factorsOf(layerGates).map((gate) => tf.sub<tf.Tensor2D>(gate, middle));
              const { sum, count } = sumByScenario(
                perLayer(from, (gate) => gate),
                inputs,
              );
              return { sum, count, squares: sumByScenario(perLayer(from, tf.square), inputs).sum };
            },
          } satisfies Probe<PepnetPass>,
        ]
      : []),
    lastLayer,
  ];
}

type PepnetParts = NetworkParts<SettingsOf<typeof fields>>;

/** A tower over the embeddings with the gates of the modules that are on. */
function createPepnet(parts: PepnetParts, modules: Modules): Network<PepnetPass> {
  const { variables, input, shape, settings } = parts;
  const { embeddingDim: dim, gamma, gateWidth } = settings;
  const domain = modules.epnet ? domainSide(shape) : [];
  const epnet = modules.epnet
    ? createGateNu(variables, 'epnet', {
        input: domain.length * dim + input,
        hidden: gateWidth,
        gamma,
        output: input,
      })
    : null;
  const prior = modules.ppnet ? fieldIndices(shape, { roles: ['user', 'item'] }) : [];
  const ppnet = modules.ppnet
    ? createGateNuBank(variables, 'ppnet', {
        input: prior.length * dim + input,
        hidden: gateWidth,
        gamma,
        outputs: [input, ...settings.hidden],
      })
    : null;
  const mlp = createMlp(variables, 'mlp', {
    input,
    widths: settings.hidden,
    batchNorm: settings.batchNorm,
    scenarios: shape.scenarios,
    dropout: settings.dropout,
  });
  const output = createLinear(variables, 'output', {
    input: mlp.outputWidth,
    output: 1,
    bias: priorBias(shape, settings.priorBias),
  });
  /** A side's embeddings beside those that the gate multiplies. */
  const beside = (inputs: Inputs, indices: readonly number[], gated: tf.Tensor2D): tf.Tensor2D => {
    const read = settings.stopGradient ? stopGradient(gated) : gated;
    return indices.length === 0 ? read : tf.concat2d([pickFlat(inputs.fields, indices), read], 1);
  };
  return {
    apply(flat, inputs, mode) {
      const domainGate = epnet?.apply(beside(inputs, domain, flat)) ?? null;
      const embeddings = domainGate ? domainGate.multiply(flat) : flat;
      const layerGates = ppnet?.apply(beside(inputs, prior, embeddings)) ?? [];
      const scaled = (h: tf.Tensor2D, layer: number): tf.Tensor2D => layerGates[layer]?.multiply(h) ?? h;
      const last = mlp.apply(embeddings, inputs, mode, scaled).output;
      const logit = output.apply(scaled(last, settings.hidden.length));
      return { logit, lastLayer: last, embeddings, domainGate, layerGates };
    },
    probes: createProbes(parts, modules),
    outputs: ({ logit, domainGate, layerGates }) => ({
      logit,
      ...(domainGate && { domainGate: domainGate.factors() }),
      ...(layerGates.length > 0 && { layerGates: tf.concat2d(factorsOf(layerGates), 1) }),
    }),
  };
}

export const epnet = defineBaseline({
  id: 'epnet',
  title: 'EPNet',
  paper,
  family: 'multi-scenario',
  summary:
    'The scenario’s side gates every embedding by a factor between 0 and 2; one tower reads the result.',
  topics: ['gates', 'representation'],
  fields,
  presets,
  network: (parts) => createPepnet(parts, { epnet: true, ppnet: false }),
});

export const ppnet = defineBaseline({
  id: 'ppnet',
  title: 'PPNet',
  paper,
  family: 'multi-scenario',
  summary: 'User and item gate the inputs of every layer, so that each row has a tower of its own making.',
  topics: ['gates', 'representation'],
  fields,
  presets,
  network: (parts) => createPepnet(parts, { epnet: false, ppnet: true }),
});

export const pepnet = defineBaseline({
  id: 'pepnet',
  title: 'PEPNet',
  paper,
  family: 'multi-scenario',
  summary: 'EPNet’s gates on the embeddings and PPNet’s on every layer, both with the same Gate NU.',
  topics: ['gates', 'representation'],
  fields: {
    ...fields,
    epnet: ablation.toggle({
      label: 'Embedding gates (EPNet)',
      help: 'The scenario’s side gates the embeddings.',
      default: true,
      paperName: 'w/o EPNet',
    }),
    ppnet: ablation.toggle({
      label: 'Layer gates (PPNet)',
      help: 'User and item gate the inputs of every layer.',
      default: true,
      paperName: 'w/o PPNet',
    }),
  },
  presets,
  network: (parts) => createPepnet(parts, { epnet: parts.settings.epnet, ppnet: parts.settings.ppnet }),
});

/** What a model is, to code that does not know which model it is. */
import type * as tf from '@tensorflow/tfjs-core';
import type { EmbeddingTable, Mode, Parameter, StateTensor, VariableFactory } from '../engine';
import type { Collector } from './collect';
import { comparableSettings, comparableTraining } from './comparable';
import {
  parseSettings,
  type AnySettings,
  type ParsedSettings,
  type SettingFields,
  type SettingsOf,
} from './settings';
import type { ProcedureChoice } from './procedureChoice';

/** What a model may know of the data before it sees a row. */
export interface DataShape {
  readonly batch: number;
  /** N */
  readonly scenarios: number;
  readonly scenarioIds: readonly string[];
  /** The scenarios are clusters of the data's scenarios. */
  readonly clustered?: boolean;
  /** All fields of a row, in the order of the batch's ids. */
  readonly fields: readonly FieldShape[];
  readonly vocabularySize: number;
  /** History offered (its maximum length; item fields as indices into `fields`), or null where the data has none. */
  readonly history: { readonly length: number; readonly itemFields: readonly number[] } | null;
  /** Click rate over the training rows, for prior biases. */
  readonly clickRate: number;
  /** Click rate and row count by scenario over the training rows `[N]`. */
  readonly scenarioClickRate: readonly number[];
  readonly scenarioRows: readonly number[];
}

export interface FieldShape {
  readonly name: string;
  readonly role: 'user' | 'item' | 'context' | 'scenario';
  readonly size: number;
  readonly offset: number;
  readonly scenarioSpecific: boolean;
}

/** Which pairs of fields are crossed: the scenario with every other, or each of the user's with each of the item's. */
export type CrossedFields = 'scenario' | 'user-item';

/** What the batches of this model carry beside the fields. Sizes may depend on settings. */
export interface Needs {
  /** Behaviours over all scenarios: how many at most, and whether each carries its scenario's id. */
  readonly history?: { readonly length: number; readonly scenario: boolean };
  /** The latest behaviours in the row's own scenario. */
  readonly ownHistory?: { readonly length: number };
  /** Every scenario has a table of its own: row `id * N + scenario` of one table. */
  readonly ownTables?: boolean;
  /** Pairs of fields whose values have a row of the table together, hashed to so many a pair: see `crossedPairs`. */
  readonly crosses?: { readonly of: CrossedFields; readonly buckets: number };
  /** Rows of an id beyond those of the scenarios, for a procedure to put ids to: then `id * (N + extraTables) + scenario`. */
  readonly extraTables?: number;
  /** In the place of a row's scenario the model is told one of so many clusters, which its procedure puts scenarios into. */
  readonly clusters?: number;
  /** Named per-row columns that the model's procedure supplies, e.g. `fairness`. */
  readonly extra?: readonly string[];
}

/** One batch as tensors. Everything here is an input of the step's static graph. */
export interface Inputs {
  /** Rows of a batch (static). */
  readonly batch: number;
  /** Fields' embeddings `[batch, F, dim]`. */
  readonly fields: tf.Tensor3D;
  /** Scenario index `[batch]` int32. */
  readonly scenario: tf.Tensor1D;
  /** One-hot scenario `[batch, N]`. */
  readonly scenarioOneHot: tf.Tensor2D;
  /** Click label `[batch, 1]`. */
  readonly label: tf.Tensor2D;
  /** Row weight `[batch, 1]`: 0 for padding. */
  readonly weight: tf.Tensor2D;
  /** Item fields `[batch, L, F_i * dim]`, already multiplied by the mask; scenario `[batch, L, dim]` likewise; mask `[batch, L]`. */
  readonly history: {
    readonly items: tf.Tensor3D;
    readonly scenario: tf.Tensor3D | null;
    readonly mask: tf.Tensor2D;
    readonly scenarioIndex: tf.Tensor2D;
  } | null;
  readonly ownHistory: { readonly items: tf.Tensor3D; readonly mask: tf.Tensor2D } | null;
  /** Rows of the table that pairs of values have `[batch, C, dim]`; null where none are crossed. */
  readonly crosses: tf.Tensor3D | null;
  /** Named per-row columns `[batch, 1]`. */
  readonly extra: Readonly<Record<string, tf.Tensor2D>>;
}

/** What a forward pass leaves for losses, scores and probes: a type of each model's own. */
export interface Pass {
  /** Of a click `[batch, 1]`. */
  readonly logit: tf.Tensor2D;
}

export interface Losses {
  /** What is differentiated: a scalar, without L2 (the optimiser adds it). */
  readonly total: tf.Scalar;
  /** Each term, unweighted, for the chart; scalars. */
  readonly terms: Readonly<Record<string, tf.Scalar>>;
}

/** What inference gives for each row. */
export interface Scores {
  /** Ranks rows: AUC is computed from it `[batch, 1]`. */
  readonly score: tf.Tensor2D;
  /** A click probability for log loss and calibration `[batch, 1]`. */
  readonly probability: tf.Tensor2D;
  /** Further columns that pictures need, kept per evaluation row `[batch, k]` (M-scan: `matchScore`, `scenarioGate`). */
  readonly columns?: Readonly<Record<string, tf.Tensor2D>>;
}

/**
 * Numbers of a model's inside. Accumulated over evaluation batches as sums and counts on the device, so axes are static.
 * The reader divides: `value = sum / count` (count broadcast over trailing axes; 0 gives undefined).
 */
export interface ProbeTensor {
  readonly sum: tf.Tensor;
  /** Same leading axes as `sum`, or a scalar. */
  readonly count: tf.Tensor;
  /**
   * Sum of squares, shaped as `sum`: the value is then the standard deviation `sqrt(squares / count - (sum / count)²)`.
   * Sum differences from a constant near the mean, or the subtraction cancels.
   */
  readonly squares?: tf.Tensor;
}

/** Meaning of one axis: a known set of labels, or a count. */
export interface ProbeAxis {
  readonly name:
    | 'scenario'
    | 'otherScenario'
    | 'cluster'
    | 'expert'
    | 'field'
    | 'layer'
    | 'part'
    | 'head'
    | 'position'
    | 'edge'
    | 'unit'
    | 'bin'
    | 'item'
    | 'candidate'
    | 'row';
  readonly labels?: readonly string[];
}

interface ProbeText {
  /** e.g. `gates`; unique in a model. */
  readonly name: string;
  /** What it is about (`gates`, `masks`, `attention`): pages show probes of one topic together. */
  readonly topic: string;
  readonly title: string;
  /** One sentence: how to read it. */
  readonly reading: string;
  /** Equation as TeX, with its number in the paper. */
  readonly equation: string;
  readonly axes: readonly ProbeAxis[];
  /** `share` 0…1 summing to 1 over the last axis; `signed` around 0; `value` otherwise. */
  readonly scale: 'share' | 'signed' | 'value' | 'probability';
  /** What one number is, for the colour key (`cosine`, `weight`); by the scale where it is not said. */
  readonly quantity?: string;
}

/**
 * What a model shows of its inside: how it is called and read, and how it is computed from a pass.
 *
 * - no source: `compute` gives sums and counts of a batch, added up over an evaluation;
 * - `rows`: `vectors` gives one vector a row `[batch, units]`, or one in each scenario `[batch, N, units]`, of an
 *   evaluate-mode pass; asked for a sample of rows only, never while training;
 * - `procedure`: the model's training procedure sends the numbers itself (`procedure-probe` events).
 */
export type Probe<P> = ProbeText &
  (
    | { readonly source?: undefined; readonly compute: (pass: P, inputs: Inputs) => ProbeTensor }
    | { readonly source: 'rows'; readonly vectors: (pass: P, inputs: Inputs) => tf.Tensor }
    | { readonly source: 'procedure' }
  );

/** A probe without its computation: plain data for events and records. */
export interface ProbeSpec extends ProbeText {
  readonly source?: 'procedure' | 'rows';
}

/** Evaluation rows on the host, with the columns that `Model.scores` gave. */
export interface ScoredRows {
  readonly columns: Readonly<Record<string, Float32Array>>;
  readonly label: Float32Array;
  /** Brings each row back to its scenario's true share. */
  readonly weight: Float32Array;
}

/** Constants of inference, chosen on validation rows, and the rows' scores under them. */
export interface TunedInference {
  readonly states: readonly { readonly state: StateTensor; readonly value: Float32Array }[];
  /** Replaces the scores of the rows that it was tuned on `[rows]`. */
  readonly score: Float32Array;
}

/** What every model has, whatever it learns from and is judged by; `P` is what its forward pass leaves. */
export interface ModelBase<P extends Pass> {
  readonly table: EmbeddingTable;
  /** What made the model's variables, which are listed and freed with it. */
  readonly variables: Collector;
  forward(inputs: Inputs, mode: Mode): P;
  /**
   * Chooses constants of inference that no gradient reaches (M-scan's c) on the validation rows of an evaluation; the
   * trainer assigns the states, so they are kept with the best weights. `auc` is the overall AUC of candidate scores.
   */
  readonly tuneInference?: TuneInference;
  readonly probes: readonly Probe<P>[];
  /**
   * Further columns of scored rows `[batch, k]` that are read only when someone asks for rows, never at an evaluation
   * (CausalInt: every expert's vote and its gate).
   */
  requested?(pass: P, inputs: Inputs): Readonly<Record<string, tf.Tensor2D>>;
  /** Tensors of a pass by the names that fixtures and the model's procedure know them by; the logit alone by default. */
  outputs?(pass: P): Readonly<Record<string, tf.Tensor>>;
  /** Frees what the model keeps beside its variables. */
  dispose?(): void;
}

/** A model as its own file writes it; `createModel` makes an `AnyModel` of it. */
export interface Model<P extends Pass> extends ModelBase<P> {
  losses(pass: P, inputs: Inputs): Losses;
  /** The inference path (bias nets removed, counterfactual subtracted, …). `pass` is of an evaluate-mode forward. */
  scores(pass: P, inputs: Inputs): Scores;
}

type TuneInference = (rows: ScoredRows, auc: (score: Float32Array) => number | null) => TunedInference | null;

/** A forward pass whose model is not known: what may be asked of it, over the inputs that it read. */
export interface AnyPass extends Pass {
  losses(): Losses;
  scores(): Scores;
  /** Sums and counts of every probe that evaluations add up, by name. */
  probes(): Readonly<Record<string, ProbeTensor>>;
  /** Hidden vectors of each row for every probe of source `rows`, by name. */
  vectors(): Readonly<Record<string, tf.Tensor>>;
  requested(): Readonly<Record<string, tf.Tensor2D>>;
  outputs(): Readonly<Record<string, tf.Tensor>>;
}

/** A model whose pass is its own affair. */
export interface AnyModel {
  readonly table: EmbeddingTable;
  /** Trainable variables, in one fixed order. */
  readonly parameters: readonly Parameter[];
  readonly states: readonly StateTensor[];
  readonly probes: readonly ProbeSpec[];
  readonly tuneInference?: TuneInference;
  forward(inputs: Inputs, mode: Mode): AnyPass;
  dispose(): void;
}

/** The paper's causal graph; an edge with `setting` can be cut. */
export interface CausalGraph {
  /** What the drawing shows, where it is not causes: a paper without a causal graph shows its flow of information. */
  readonly title?: string;
  readonly nodes: readonly {
    readonly id: string;
    readonly label: string;
    readonly meaning: string;
    readonly x: number;
    readonly y: number;
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly meaning: string;
    /** Setting that removes this edge's effect (the paper's module), with the values that remove and keep it. */
    readonly setting?: {
      readonly name: string;
      readonly cut: number | boolean | string;
      readonly kept: number | boolean | string;
    };
  }[];
}

export interface PaperReference {
  readonly title: string;
  readonly authors: string;
  readonly venue: string;
  readonly year: number;
  readonly url: string;
}

export type ModelFamily = 'paper' | 'single-task' | 'multi-task' | 'multi-scenario';

/** A named variant of a paper's ablation tables: the settings that differ from the default. */
export interface Variant {
  /** As printed, e.g. `w/o orth`. */
  readonly name: string;
  /** e.g. `Table 5`. */
  readonly table: string;
  readonly settings: AnySettings;
}

/** `comparable` follows from one table for all models, the others from each model. */
export type PresetName = 'paper' | 'browser' | 'tiny' | 'comparable';

/** Settings of a training run that a preset sets too, by the names of `training/settings.ts`. */
export interface PresetTraining {
  readonly steps?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly l2?: number;
  readonly evaluateEvery?: number;
  /** The truth chooses no preset's best step. */
  readonly stopMetric?: 'none' | 'domainAuc' | 'auc' | 'logLoss';
  readonly patience?: number;
}

export interface ModelDefinition<F extends SettingFields = SettingFields> {
  readonly id: string;
  readonly title: string;
  readonly paper: PaperReference | null;
  readonly family: ModelFamily;
  /** One sentence for the picker. */
  readonly summary: string;
  readonly fields: F;
  /** Partial settings layered over the defaults. `tiny` trains in milliseconds and is used by tests. */
  readonly presets: Readonly<Record<'paper' | 'browser' | 'tiny', Partial<SettingsOf<F>>>>;
  /** Training as the paper prints it, and whatever else a preset wants of a run. */
  readonly presetTraining?: Readonly<Partial<Record<'paper' | 'browser' | 'tiny', PresetTraining>>>;
  readonly variants: readonly Variant[];
  readonly graph: CausalGraph | null;
  /** Topics of its probes with the default switches, so that pages know without building it; a test holds it to them. */
  readonly topics: readonly string[];
  needs(settings: SettingsOf<F>): Needs;
  /** The training procedure, with what it is to go by. */
  procedure(settings: SettingsOf<F>): ProcedureChoice;
  build(shape: DataShape, settings: SettingsOf<F>, variables: VariableFactory): AnyModel;
}

/** A model with its settings chosen: what its batches carry, how it is trained, how it is built. */
export interface ConfiguredModel {
  readonly needs: Needs;
  readonly procedure: ProcedureChoice;
  /** @throws RangeError with one sentence where the data lacks what the model reads */
  readonly build: (shape: DataShape, variables: VariableFactory) => AnyModel;
}

/** A definition whose settings type is forgotten. */
export interface AnyModelDefinition extends Omit<
  ModelDefinition,
  'presets' | 'presetTraining' | 'needs' | 'procedure' | 'build'
> {
  readonly presets: Readonly<Record<PresetName, AnySettings>>;
  readonly presetTraining: Readonly<Record<PresetName, PresetTraining>>;
  /**
   * Checks settings; those left out take their default.
   *
   * @throws RangeError with one sentence for an unknown setting or a value that it may not have
   */
  parse(settings: AnySettings): ParsedSettings;
  /** @param settings what `parse` of this model gave: nothing is checked again */
  configureParsed(settings: ParsedSettings): ConfiguredModel;
  /** Both at once. @throws RangeError as `parse` */
  configure(settings: AnySettings): ConfiguredModel;
}

/** Checks a definition's types at its own file and forgets them for the registry. */
export function defineModel<const F extends SettingFields>(
  definition: ModelDefinition<F>,
): AnyModelDefinition {
  const { id, title, paper, family, summary, fields, variants, graph, topics } = definition;
  // A preset leaves settings out; it never holds an undefined one.
  const presets = definition.presets as Readonly<Record<'paper' | 'browser' | 'tiny', AnySettings>>;
  function configured(settings: SettingsOf<F>): ConfiguredModel {
    return {
      needs: definition.needs(settings),
      procedure: definition.procedure(settings),
      build: (shape, variables) => definition.build(shape, settings, variables),
    };
  }
  return {
    ...{ id, title, paper, family, summary, fields, variants, graph, topics },
    presets: { ...presets, comparable: { ...presets.browser, ...comparableSettings(fields) } },
    presetTraining: {
      ...{ paper: {}, browser: {}, tiny: {} },
      ...definition.presetTraining,
      comparable: comparableTraining,
    },
    parse: (given) => parseSettings<SettingFields>(fields, given) as AnySettings as ParsedSettings,
    // `parse` made them of these fields.
    configureParsed: (settings) => configured(settings as AnySettings as SettingsOf<F>),
    configure: (given) => configured(parseSettings(fields, given)),
  };
}

/**
 * What single-scenario models have in common: a network that knows nothing of scenarios. It is one for all rows, or (`trained: own`)
 * one a scenario, side by side as one stacked step in which each row meets its own, and each learns as it would alone.
 */
import type { Mode } from '../../engine';
import { clickModel, sumOfOwnMeans } from '../clickModel';
import { crossedPairs } from '../crosses';
import { collect, type Collector } from '../collect';
import {
  defineModel,
  type AnyModelDefinition,
  type DataShape,
  type Inputs,
  type Model,
  type ModelDefinition,
  type Needs,
  type Pass,
} from '../definition';
import { createMakers, type FieldReader, type FieldsRead, type Makers } from '../layers';
import { standard } from '../procedureChoice';
import { parseSettings, type AnySettings, type SettingFields, type SettingsOf } from '../settings';
import { baselineNeeds, type baselineFields, type singleControls } from './common';
import { createReader, withHistory, type HistoryPass } from './reader';

/** A model without embeddings, norm, dropout or a choice of how histories are read has no such setting. */
type SingleFields = SettingFields &
  Omit<typeof singleControls, 'history'> & {
    readonly [K in 'embeddingDim' | 'batchNorm' | 'dropout' | 'history']?: (typeof baselineFields)[K];
  };

/** One network over a row's fields, and what it shows of itself. */
export interface SingleNetwork<P extends Pass> extends Pick<Model<P>, 'probes' | 'outputs'> {
  readonly apply: (given: FieldsRead, inputs: Inputs, mode: Mode) => P;
}

/** What a network is built from. */
export interface SingleParts<S> {
  /** Makes parts that all rows share or that are each scenario's own: the network is written once. */
  readonly make: Makers;
  readonly read: FieldReader;
  readonly shape: DataShape;
  readonly settings: S;
  readonly variables: Collector;
}

interface SingleScenario<F extends SingleFields, P extends Pass> extends Pick<
  ModelDefinition<F>,
  'id' | 'title' | 'paper' | 'summary' | 'topics' | 'fields' | 'presets' | 'presetTraining'
> {
  /** Whether the table's first column is each value's weight in a linear part, `given.linear`. */
  readonly linearColumn?: boolean;
  /** Pairs of fields whose values have a row of the table together; none unless said. */
  readonly crosses?: (settings: SettingsOf<F>) => Needs['crosses'];
  /** Whether the network reads `given.behaviours` itself, whatever is asked for beside. */
  readonly behaviours?: boolean;
  /** Indices of the only fields that are read; all unless said. */
  readonly only?: (shape: DataShape, settings: SettingsOf<F>) => readonly number[] | undefined;
  readonly network: (parts: SingleParts<SettingsOf<F>>) => SingleNetwork<P>;
}

/** A model's network without the model around it: for a way of training that keeps weights of its own kinds (MAMDR). */
export interface BareNetwork<P extends Pass> {
  /** Whether the table's first column is each value's weight in a linear part. */
  readonly linear: boolean;
  /**
   * @param make makes parts that all rows share or that are each scenario's own, by the same names
   * @param given over the defaults
   */
  create(
    make: Makers,
    shape: DataShape,
    variables: Collector,
    given: AnySettings,
  ): (inputs: Inputs, mode: Mode) => P & HistoryPass;
}

/** A single-scenario model: one network for all rows, or one a scenario; and its network alone. */
export function defineSingleScenario<const F extends SingleFields, P extends Pass>({
  linearColumn: linear = false,
  behaviours = false,
  only,
  crosses,
  network,
  ...definition
}: SingleScenario<F, P>): AnyModelDefinition & { readonly bare: BareNetwork<P> } {
  const model = defineModel<F>({
    ...definition,
    family: 'single-task',
    variants: [],
    graph: null,
    procedure: () => standard,
    needs(settings) {
      const crossed = crosses?.(settings);
      return {
        ...baselineNeeds(behaviours ? { ...settings, history: 'mean' } : settings),
        ...(ownTables(settings) && { ownTables: true }),
        ...(crossed && { crosses: crossed }),
      };
    },
    build(shape, settings, factory) {
      const variables = collect(factory);
      const { embeddingDim: dim = 0, batchNorm = 'off', dropout = 0, priorBias } = settings;
      const own = settings.trained === 'own';
      const tables = ownTables(settings) ? shape.scenarios : 1;
      const crossed = crosses?.(settings);
      const values =
        shape.vocabularySize + (crossed ? crossedPairs(shape, crossed.of).length * crossed.buckets : 0);
      const table = variables.table(tables * values, dim + (linear ? 1 : 0), tables);
      const make = createMakers(variables, { shape, own, batchNorm, dropout, priorBias });
      const read = createReader(make, shape, settings, { linear, only: only?.(shape, settings) });
      const { apply, ...shown } = network({ make, read, shape, settings, variables });
      return clickModel<P & HistoryPass>({
        table,
        variables,
        forward(inputs, mode) {
          const given = read.read(inputs, mode);
          return { ...apply(given, inputs, mode), historyAttention: given.attention };
        },
        ...shown,
        probes: withHistory(shown.probes, shape, settings),
        ...(own && { losses: sumOfOwnMeans }),
      });
    },
  });
  const bare: BareNetwork<P> = {
    linear,
    create(make, shape, variables, given) {
      const settings = parseSettings(definition.fields, given);
      const read = createReader(make, shape, settings, { linear, only: only?.(shape, settings) });
      const { apply } = network({ make, read, shape, settings, variables });
      return (inputs, mode) => {
        const fields = read.read(inputs, mode);
        return { ...apply(fields, inputs, mode), historyAttention: fields.attention };
      };
    },
  };
  return { ...model, bare };
}

interface Tables {
  readonly trained: 'all' | 'own';
  readonly embeddings: 'own' | 'shared';
}

const ownTables = ({ trained, embeddings }: Tables): boolean => trained === 'own' && embeddings === 'own';

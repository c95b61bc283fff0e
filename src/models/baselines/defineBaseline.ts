/**
 * What baselines have in common: the embeddings of all fields side by side (and, where asked, the mean of the user's
 * earlier items) go into one network that ends in a click logit.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Mode } from '../../engine';
import { clickModel } from '../clickModel';
import { collect, type Collector } from '../collect';
import {
  defineModel,
  type AnyModelDefinition,
  type DataShape,
  type Inputs,
  type Model,
  type ModelDefinition,
  type Pass,
} from '../definition';
import type { FieldReader, FieldsRead } from '../layers';
import { standard, type ProcedureChoice } from '../procedureChoice';
import type { SettingsOf } from '../settings';
import { clusteredShape, clusterProbes, clustersOf, withPreclustering } from './clusters';
import { baselineNeeds, type inputFields } from './common';
import { createSharedReader, withHistory, type HistoryPass } from './reader';

/** One network over flat inputs, and what it shows of itself. */
export interface Network<P extends Pass> extends Pick<Model<P>, 'probes' | 'outputs' | 'dispose'> {
  /** The cross-entropy of the logit unless said. */
  readonly losses?: Model<P>['losses'];
  /** From the flat inputs `[batch, input]` (or the fields that they are made of) to the logit and what probes look at. */
  readonly apply: (flat: tf.Tensor2D, inputs: Inputs, mode: Mode, read: FieldsRead) => P;
}

/** What a network is built from. */
export interface NetworkParts<S> {
  readonly variables: Collector;
  /** Width of the flat inputs. */
  readonly input: number;
  readonly shape: DataShape;
  readonly settings: S;
  /** How many fields are read and how wide they are. */
  readonly read: FieldReader;
}

interface Baseline<F extends typeof inputFields, P extends Pass> extends Pick<
  ModelDefinition<F>,
  'id' | 'title' | 'paper' | 'family' | 'summary' | 'topics' | 'fields' | 'presets' | 'presetTraining'
> {
  /** `standard` unless said. */
  readonly procedure?: (settings: SettingsOf<F>) => ProcedureChoice;
  readonly network: (parts: NetworkParts<SettingsOf<F>>) => Network<P>;
}

/** @returns the definition, and how it is built of settings that were parsed: a paper's variant may be a baseline */
export function defineBaseline<const F extends typeof inputFields, P extends Pass>({
  procedure = () => standard,
  network,
  ...definition
}: Baseline<F, P>): AnyModelDefinition & Pick<ModelDefinition<F>, 'build'> {
  const build: ModelDefinition<F>['build'] = (data, settings, factory) => {
    const shape = clusteredShape(data, settings);
    const variables = collect(factory);
    const table = variables.table(shape.vocabularySize, settings.embeddingDim);
    const read = createSharedReader(variables, shape, settings);
    const { apply, ...shown } = network({ variables, input: read.width, shape, settings, read });
    return clickModel<P & HistoryPass>({
      table,
      variables,
      forward(inputs, mode) {
        const given = read.read(inputs, mode);
        return { ...apply(given.flat, inputs, mode, given), historyAttention: given.attention };
      },
      ...shown,
      probes: [...withHistory(shown.probes, shape, settings), ...clusterProbes(data, settings)],
    });
  };
  const baseline: ModelDefinition<F> = {
    ...definition,
    ...{ variants: [], graph: null, build },
    needs: (settings) => ({ ...baselineNeeds(settings), clusters: clustersOf(settings) }),
    procedure: (settings) => withPreclustering(settings, procedure(settings)),
  };
  return { ...defineModel<F>(baseline), build };
}

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
import { flatInputs, flatWidth } from '../layers';
import { standard, type ProcedureChoice } from '../procedureChoice';
import type { SettingsOf } from '../settings';
import { baselineNeeds, type inputFields } from './common';

/** One network over flat inputs, and what it shows of itself. */
export interface Network<P extends Pass> extends Pick<Model<P>, 'probes' | 'outputs'> {
  /** From the flat inputs `[batch, input]` to the logit and what probes look at. */
  readonly apply: (flat: tf.Tensor2D, inputs: Inputs, mode: Mode) => P;
}

/** What a network is built from. */
interface NetworkParts<S> {
  readonly variables: Collector;
  /** Width of the flat inputs. */
  readonly input: number;
  readonly shape: DataShape;
  readonly settings: S;
}

interface Baseline<F extends typeof inputFields, P extends Pass> extends Pick<
  ModelDefinition<F>,
  'id' | 'title' | 'paper' | 'family' | 'summary' | 'topics' | 'fields' | 'presets'
> {
  /** `standard` unless said. */
  readonly procedure?: (settings: SettingsOf<F>) => ProcedureChoice;
  readonly network: (parts: NetworkParts<SettingsOf<F>>) => Network<P>;
}

/** A model that is one network over flat inputs. */
export function defineBaseline<const F extends typeof inputFields, P extends Pass>({
  procedure = () => standard,
  network,
  ...definition
}: Baseline<F, P>): AnyModelDefinition {
  return defineModel<F>({
    ...definition,
    variants: [],
    graph: null,
    needs: baselineNeeds,
    procedure,
    build(shape, settings, factory) {
      const variables = collect(factory);
      const { embeddingDim, history } = settings;
      const table = variables.table(shape.vocabularySize, embeddingDim);
      const input = flatWidth(shape, embeddingDim, history);
      const { apply, ...shown } = network({ variables, input, shape, settings });
      return clickModel<P>({
        table,
        variables,
        forward: (inputs, mode) => apply(flatInputs(inputs, history), inputs, mode),
        ...shown,
      });
    },
  });
}

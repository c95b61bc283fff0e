/** One MLP per scenario; each row goes through its own scenario's. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Mode, VariableFactory } from '../../engine';
import type { Inputs } from '../definition';
import { createBatchNorm } from './batchNorm';
import { createOwnLinear, type OwnLinear } from './linear';
import { finishLayer, type BeforeLayer, type LayerTrace, type MlpOptions, type MlpTrace } from './mlp';

export interface TowerBank {
  readonly linears: readonly OwnLinear[];
  readonly outputWidth: number;
  /** `[B, in]` to `[B, out]`. Rows are selected before they are normalised. */
  apply(
    x: tf.Tensor2D,
    inputs: Pick<Inputs, 'weight' | 'scenarioOneHot'>,
    mode: Mode,
    before?: BeforeLayer,
  ): MlpTrace;
}

/** Parameters `<name>.k.weight [N, in, out]`, `<name>.k.bias [N, out]` (without normalisation) or `<name>.k.norm.*`. */
export function createTowerBank(variables: VariableFactory, name: string, options: MlpOptions): TowerBank {
  const { scenarios } = options;
  let input = options.input;
  const layers = options.widths.map((output, k) => {
    const linear = createOwnLinear(variables, `${name}.${k}`, scenarios, {
      input,
      output,
      bias: options.batchNorm === 'off' ? new Float32Array(scenarios * output) : null,
    });
    const norm = createBatchNorm(variables, `${name}.${k}.norm`, output, options.batchNorm, scenarios);
    input = output;
    return { linear, norm };
  });
  return {
    linears: layers.map(({ linear }) => linear),
    outputWidth: input,
    apply(x, inputs, mode, before = (h) => h) {
      const traces: LayerTrace[] = [];
      let h = x;
      layers.forEach(({ linear, norm }, k) => {
        const own = linear.apply(before(h, k), inputs.scenarioOneHot);
        const done = finishLayer(own, norm, options, inputs, mode);
        traces.push(done.trace);
        h = done.output;
      });
      return { output: h, layers: traces };
    },
  };
}

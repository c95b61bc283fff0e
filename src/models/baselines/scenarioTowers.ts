/** The end that Shared Bottom, MMoE and PLE have in common: a tower and a click logit of each scenario's own. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Mode, VariableFactory } from '../../engine';
import type { DataShape, Inputs, Probe } from '../definition';
import { createOwnLinear, createTowerBank, priorBiases } from '../layers';
import { scenarioAxis, sumByScenario } from '../probes';

interface TowerSettings {
  readonly towerHidden: readonly number[];
  readonly batchNorm: 'off' | 'shared' | 'domain';
  readonly dropout: number;
  readonly priorBias: 'off' | 'on';
}

export interface ScenarioTowers {
  /** `h [B, in]` through the row's own tower: the logit `[B, 1]` and the tower's last layer `[B, w]`. */
  apply(
    h: tf.Tensor2D,
    inputs: Inputs,
    mode: Mode,
  ): { readonly logit: tf.Tensor2D; readonly lastLayer: tf.Tensor2D };
}

/** Parameters `tower.k.*` (`[N, in, out]`) and `output.weight [N, w, 1]`, `output.bias [N, 1]`. */
export function createScenarioTowers(
  variables: VariableFactory,
  shape: DataShape,
  settings: TowerSettings,
  input: number,
): ScenarioTowers {
  const { scenarios } = shape;
  const { towerHidden: widths, batchNorm, dropout } = settings;
  const tower = createTowerBank(variables, 'tower', { input, widths, batchNorm, scenarios, dropout });
  const output = createOwnLinear(variables, 'output', scenarios, {
    input: tower.outputWidth,
    output: 1,
    bias: priorBiases(shape, settings.priorBias),
  });
  return {
    apply(h, inputs, mode) {
      const lastLayer = tower.apply(h, inputs, mode).output;
      return { logit: output.apply(lastLayer, inputs.scenarioOneHot), lastLayer };
    },
  };
}

interface GateText extends Pick<Probe<unknown>, 'title' | 'reading' | 'equation'> {
  /** Names of what the gate chooses from. */
  readonly experts: readonly string[];
}

/** `gates` `[N, experts]`: the mean gate of a scenario's rows, for networks whose scenarios mix experts. */
export function gateProbe(
  shape: DataShape,
  { experts, ...text }: GateText,
): Probe<{ readonly gate: tf.Tensor2D }> {
  return {
    name: 'gates',
    topic: 'gates',
    ...text,
    axes: [scenarioAxis(shape), { name: 'expert', labels: experts }],
    scale: 'share',
    compute: ({ gate }, inputs) => sumByScenario(gate, inputs),
  };
}

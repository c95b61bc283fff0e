/** A few training steps of a model, and what they left. */
import { readTensor } from '../src/engine';
import type { AnyModelDefinition } from '../src/models/definition';
import type { AnySettings } from '../src/models/settings';
import { benchModel } from './benchModel';

export interface StepsOptions {
  readonly batch: number;
  readonly scenarios: number;
  readonly steps: number;
  readonly settings: AnySettings;
}

/** Weights (table first, then parameters and states) and each step's loss. */
export async function trainSteps(
  definition: AnyModelDefinition,
  { steps, ...options }: StepsOptions,
): Promise<{ readonly weights: readonly Float32Array[]; readonly losses: readonly number[] }> {
  const { model, losses, batch, step, dispose } = benchModel(definition, {
    ...options,
    seed: 3,
    learningRate: 1e-2,
  });
  const totals: number[] = [];
  for (let number = 0; number < steps; number++) {
    step(batch(number), number);
    totals.push((await losses.read()).total!);
  }
  const variables = [model.table, ...model.parameters, ...model.states];
  const weights = await Promise.all(variables.map((variable) => readTensor(variable)));
  dispose();
  return { weights, losses: totals };
}

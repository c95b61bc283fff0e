/** A few training steps of a model, and what they left. */
import {
  createAdam,
  createLossAccumulator,
  createMode,
  createVariables,
  readTensor,
  runStep,
} from '../src/engine';
import type { AnyModelDefinition } from '../src/models/definition';
import { assembleInputs, disposeBatch, uploadBatch } from '../src/models/inputs';
import type { AnySettings } from '../src/models/settings';
import { benchBatch, benchShape } from './shape';

export interface StepsOptions {
  readonly batch: number;
  readonly scenarios: number;
  readonly steps: number;
  readonly settings: AnySettings;
}

/** Weights (table first, then parameters and states) and each step's loss. */
export async function trainSteps(
  definition: AnyModelDefinition,
  { batch, scenarios, steps, settings }: StepsOptions,
): Promise<{ readonly weights: readonly Float32Array[]; readonly losses: readonly number[] }> {
  const shape = benchShape(batch, scenarios);
  const { needs, build } = definition.configure(settings);
  const model = build(shape, createVariables(3));
  const optimiser = createAdam({ parameters: model.parameters, table: model.table });
  const accumulator = createLossAccumulator();
  const losses: number[] = [];
  for (let number = 0; number < steps; number++) {
    const host = benchBatch(shape, needs, number);
    const tensors = uploadBatch(host);
    runStep({
      table: model.table,
      parameters: model.parameters,
      optimiser,
      ids: host.ids,
      batch,
      learningRate: 1e-2,
      l2: 1e-5,
      mode: createMode('train', 1, number),
      losses: accumulator,
      build: (rows, mode) =>
        model.forward(assembleInputs(rows, tensors, host.layout, scenarios), mode).losses(),
    });
    disposeBatch(tensors);
    losses.push((await accumulator.read()).total!);
  }
  const variables = [model.table, ...model.parameters, ...model.states];
  const weights = await Promise.all(variables.map((variable) => readTensor(variable)));
  accumulator.dispose();
  optimiser.dispose();
  model.dispose();
  return { weights, losses };
}

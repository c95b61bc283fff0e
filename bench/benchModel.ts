/** A model on the bench's data, with its optimiser and loss sums: what is timed, checked and hashed are its steps. */
import { createAdam, createLossAccumulator, createMode, createVariables, runStep } from '../src/engine';
import { assembleInputs, disposeBatch, uploadBatch } from '../src/models/inputs';
import { benchBatch, benchShape } from './shape';
import type { HostBatch } from '../src/data/batches';
import type { LossAccumulator } from '../src/engine';
import type { AnyModel, AnyModelDefinition } from '../src/models/definition';
import type { AnySettings } from '../src/models/settings';

export interface BenchModelOptions {
  readonly batch: number;
  readonly settings: AnySettings;
  readonly scenarios?: number;
  /** Of the initial weights. */
  readonly seed: number;
  readonly learningRate: number;
}

export interface BenchModel {
  readonly model: AnyModel;
  readonly losses: LossAccumulator;
  /** The batch of that number, always the same one. */
  readonly batch: (number: number) => HostBatch;
  /** @param number decides dropout */
  readonly step: (batch: HostBatch, number: number) => void;
  readonly dispose: () => void;
}

export function benchModel(
  definition: AnyModelDefinition,
  { batch, settings, scenarios, seed, learningRate }: BenchModelOptions,
): BenchModel {
  const shape = benchShape(batch, scenarios);
  const { needs, build } = definition.configure(settings);
  const model = build(shape, createVariables(seed));
  const optimiser = createAdam({ parameters: model.parameters, table: model.table });
  const losses = createLossAccumulator();
  return {
    model,
    losses,
    batch: (number) => benchBatch(shape, needs, number),
    step(host, number) {
      const tensors = uploadBatch(host);
      runStep({
        table: model.table,
        parameters: model.parameters,
        optimiser,
        ids: host.ids,
        batch,
        learningRate,
        l2: 1e-5,
        mode: createMode('train', 1, number),
        losses,
        build: (rows, mode) =>
          model.forward(assembleInputs(rows, tensors, host.layout, shape.scenarios), mode).losses(),
      });
      disposeBatch(tensors);
    },
    dispose() {
      losses.dispose();
      optimiser.dispose();
      model.dispose();
    },
  };
}

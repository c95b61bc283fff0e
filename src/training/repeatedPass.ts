/** Passes without gradient of one kind, over one batch after another; on WebGPU they are recorded once and replayed. */
import { createReplay, type ReplayableStep } from '../engine';
import { batchInputs } from '../models/inputs';
import { forwardPass } from './forward';
import type { HostBatch } from '../data/batches';
import type { AnyModel, AnyPass, Inputs } from '../models/definition';

export interface RepeatedPass {
  /** Takes a pass over a batch, of as many rows as those before. */
  take(batch: HostBatch): void;
  /** The next pass is run and compared with what is recorded: for whoever goes on after the model may have changed. */
  check(): void;
  dispose(): void;
}

/** Puts what is wanted of a pass into tensors that last, in place: those that it makes are gone when it returns. */
export type WritePass = (pass: AnyPass, inputs: Inputs) => void;

export interface PassOptions {
  readonly model: AnyModel;
  readonly scenarios: number;
  readonly statistics: 'batch' | 'moving';
  readonly write: WritePass;
}

/** A pass over a batch as a recorder takes it. */
export function passOver(
  { model, scenarios, statistics, write }: PassOptions,
  batch: HostBatch,
): ReplayableStep {
  return {
    run() {
      forwardPass(model, scenarios, batch, statistics, (pass, inputs) => {
        write(pass, inputs);
        return [];
      });
    },
    inputs: () => batchInputs(batch),
  };
}

/** @param fallBack told why passes go on without a recording */
export function createRepeatedPass(options: PassOptions, fallBack: (reason: string) => void): RepeatedPass {
  const replay = createReplay(fallBack);
  return {
    take: (batch) => replay.take(passOver(options, batch)),
    check: () => replay.check(),
    dispose: () => replay.dispose(),
  };
}

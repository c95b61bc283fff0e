/** Times steps on WebGPU, run one operation at a time and replayed. Batches are read from rows and uploaded within the time. */
import { submittedWork } from '../src/engine';
import { replayedModel } from '../tests/support/replayedModel';
import type { AnySettings } from '../src/models/settings';

export interface ReplayMeasurement {
  readonly model: string;
  readonly scenarios: number;
  readonly batch: number;
  /** The fastest replayed step, waited for with those that are submitted with it. */
  readonly bestMsPerStep: number;
  /** Least milliseconds of the calling thread of a replayed step, its part of a submission included. */
  readonly jsMsPerStep: number;
  /** The same where each step is submitted by itself. */
  readonly aloneJsMsPerStep: number;
  readonly dispatchesPerStep: number;
  /** From building the model to the end of its first step. */
  readonly firstStepMs: number;
  /** The same of steps that are run. */
  readonly eager: { readonly bestMsPerStep: number; readonly jsMsPerStep: number };
  /** Bytes on the device of the recorded step. */
  readonly recordedBytes: number;
  /** Why steps are not replayed; null where they are. */
  readonly message: string | null;
}

export interface ReplayOptions {
  readonly batch: number;
  /** Stretches of replayed steps that are timed; of steps that are run a third as many. */
  readonly steps: number;
  readonly settings: AnySettings;
}

/** Replayed steps between two looks at the device, as a fast device has them between. */
const STRETCH = 8;
/** Scenarios of the benchmark's data unless said. */
const SCENARIOS = 3;

export async function measureReplay(
  id: string,
  { batch, steps, settings }: ReplayOptions,
): Promise<ReplayMeasurement> {
  const began = performance.now();
  const model = replayedModel(id, batch, settings, true);
  const probe = model.smallestParameter();
  const settle = async (): Promise<void> => void (await probe.data());
  async function time(count: number, together: number, eager: boolean, alone = false) {
    let [wall, thread] = [Infinity, Infinity];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      for (let k = 0; k < together; k++) {
        model.step(eager);
        if (alone) void submittedWork();
      }
      const done = submittedWork();
      thread = Math.min(thread, (performance.now() - start) / together);
      await done;
      wall = Math.min(wall, (performance.now() - start) / together);
    }
    return { bestMsPerStep: wall, jsMsPerStep: thread };
  }
  try {
    await model.compile();
    model.step();
    await settle();
    const firstStepMs = performance.now() - began;
    for (let i = 0; i < 3; i++) model.step();
    await settle();
    const eager = await time(Math.ceil(steps / 3), 1, true);
    const replayed = await time(steps, STRETCH, false);
    const { jsMsPerStep: aloneJsMsPerStep } = await time(steps, STRETCH, false, true);
    const { recording } = model.replay;
    return {
      model: id,
      scenarios: SCENARIOS,
      batch,
      ...replayed,
      aloneJsMsPerStep,
      dispatchesPerStep: recording?.dispatches ?? 0,
      firstStepMs,
      eager,
      recordedBytes: recording?.bytes ?? 0,
      message: model.messages[0] ?? null,
    };
  } finally {
    model.dispose();
  }
}

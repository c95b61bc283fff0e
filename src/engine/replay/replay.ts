/** A step that is taken again and again: run twice while it is recorded, compared, and replayed from then on. */
import * as tf from '@tensorflow/tfjs-core';
import { difference } from './difference';
import { createRecording, type Recording } from './recording';
import { NotReplayable, recordPrograms } from './record';
import type { StepInputs } from './inputs';
import type { RecordedList } from './list';

export interface ReplayableStep {
  /** All of the step's work, its inputs declared. */
  run(): void;
  /** Called in place of `run` once the step is recorded: counts on the host what `run` would have, and gives the inputs. */
  inputs(): StepInputs;
}

export interface Replay {
  /** The recording once there is one. */
  readonly recording: Recording | null;
  /** Takes a step; with `watched` it is run, so that someone can look at its operations. */
  take(step: ReplayableStep, watched?: boolean): void;
  /** The next step is run and compared with what is recorded: where something changed since, steps are recorded anew. */
  check(): void;
  /** Forgets the recording; the next steps are recorded anew. */
  dispose(): void;
}

interface Recorded {
  readonly recording: Recording;
  readonly list: RecordedList;
}

type Stage =
  /** The first step makes what lasts (sums, pipelines) and is not like the others. */
  | { readonly kind: 'first' }
  | { readonly kind: 'recording'; readonly before: RecordedList | null }
  | ({ readonly kind: 'replaying' } & Recorded)
  /** What was recorded stands, unless the next step shows that something changed. */
  | ({ readonly kind: 'checking' } & Recorded)
  /** Steps cannot be recorded here. */
  | { readonly kind: 'running' };

/**
 * Steps of one kind. On other backends than WebGPU they are always run.
 *
 * @param fallBack told in one sentence why steps go on without a recording
 */
export function createReplay(fallBack: (reason: string) => void): Replay {
  let stage: Stage = { kind: 'first' };

  function stay(reason: string): Stage {
    fallBack(`Steps are run one operation at a time, not replayed: ${reason}`);
    return { kind: 'running' };
  }

  function record(step: ReplayableStep, before: RecordedList | null): Stage {
    try {
      const list = recordPrograms(() => step.run());
      if (!before) return { kind: 'recording', before: list };
      const found = difference(before, list);
      return found === null ? { kind: 'replaying', recording: createRecording(list), list } : stay(found);
    } catch (error) {
      if (error instanceof NotReplayable) return stay(error.message);
      throw error;
    }
  }

  function compare(step: ReplayableStep, { recording, list }: Recorded): Stage {
    try {
      const now = recordPrograms(() => step.run());
      if (difference(list, now) === null) return { kind: 'replaying', recording, list };
      recording.dispose();
      return { kind: 'recording', before: now };
    } catch (error) {
      recording.dispose();
      // It made what lasts anew.
      if (error instanceof NotReplayable) return { kind: 'recording', before: null };
      throw error;
    }
  }

  return {
    get recording() {
      return stage.kind === 'replaying' || stage.kind === 'checking' ? stage.recording : null;
    },
    take(step, watched = false) {
      if (tf.getBackend() !== 'webgpu' || watched || stage.kind === 'running') {
        step.run();
      } else if (stage.kind === 'first') {
        step.run();
        stage = { kind: 'recording', before: null };
      } else if (stage.kind === 'recording') {
        stage = record(step, stage.before);
      } else if (stage.kind === 'checking') {
        stage = compare(step, stage);
      } else {
        stage.recording.replay(step.inputs());
      }
    },
    check() {
      if (stage.kind === 'replaying') stage = { ...stage, kind: 'checking' };
    },
    dispose() {
      if (stage.kind === 'replaying' || stage.kind === 'checking') stage.recording.dispose();
      stage = { kind: 'first' };
    },
  };
}

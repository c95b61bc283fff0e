/** Programs that are compiled side by side before the first step: met one after another, each would wait for the one before. */
import * as tf from '@tensorflow/tfjs-core';
import { openedBackend } from '../opened';
import { materializeAll } from './deferred/materialize';
import { allDeferred } from './deferred/values';
import { meetPrograms } from './device';

interface CompilingBackend {
  readonly pipelineCache: Record<string, GPUComputePipeline | Promise<GPUComputePipeline>>;
}

/** With it the library compiles what it meets, without waiting, and runs nothing. */
const COMPILE_ONLY = 'WEBGPU_ENGINE_COMPILE_ONLY';

/**
 * Compiles the programs that `work` would run, and runs none: tensors that were there before keep their values. On other backends than
 * WebGPU `work` is not called.
 *
 * @param work reads nothing back and frees what it makes; what it counts on the host is its own to take back
 * @returns resolves once all are compiled; those that cannot be are left to the step that runs them, which says so
 * @throws Error where `work` leaves tensors behind: they would hold nothing
 */
export async function compileAhead(work: () => void): Promise<void> {
  if (tf.getBackend() !== 'webgpu') return;
  // What is owed from before is made now; within, it would be taken for made.
  materializeAll([...allDeferred()].map(({ dataId }) => dataId));
  const { pipelineCache } = openedBackend<CompilingBackend>();
  const before = tf.memory().numTensors;
  tf.env().set(COMPILE_ONLY, true);
  let ours: Promise<void>;
  try {
    ours = meetPrograms(work);
  } finally {
    tf.env().set(COMPILE_ONLY, false);
  }
  const left = tf.memory().numTensors - before;
  // Whoever runs a program meanwhile finds none here, and compiles it.
  const theirs = Object.entries(pipelineCache).flatMap(([key, pipeline]) => {
    if (!(pipeline instanceof Promise)) return [];
    Reflect.deleteProperty(pipelineCache, key);
    return [pipeline.then((compiled) => void (pipelineCache[key] ??= compiled))];
  });
  await Promise.allSettled([ours, ...theirs]);
  if (left !== 0)
    throw new Error(`A step that is compiled ahead must free what it makes; it left ${left} tensors.`);
}

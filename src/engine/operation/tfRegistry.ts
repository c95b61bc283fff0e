/** The one door to TensorFlow.js's registry, whose tensors and attributes have no types. */
import * as tf from '@tensorflow/tfjs-core';

export type OnBackend = 'cpu' | 'wasm' | 'webgpu';
export type Inputs = Readonly<Record<string, tf.Tensor>>;
type Gradients = Readonly<Record<string, () => tf.Tensor>>;

/** Registers a kernel on the three backends. `A` is what the operation's callers pass: only they run it. */
export function registerKernel<A extends object>(
  kernelName: string,
  run: (backend: OnBackend, inputs: Inputs, attributes: A) => tf.TensorInfo | tf.TensorInfo[],
): void {
  for (const backendName of ['cpu', 'wasm', 'webgpu'] as const) {
    tf.registerKernel({
      kernelName,
      backendName,
      // The library passes on the tensors and attributes that `runKernel` below was given.
      kernelFunc: ({ inputs, attrs }) => run(backendName, inputs as unknown as Inputs, attrs as unknown as A),
    });
  }
}

export function registerGradient<A extends object>(
  kernelName: string,
  inputsToSave: readonly string[],
  outputsToSave: readonly boolean[],
  gradient: (dys: readonly tf.Tensor[], saved: readonly tf.Tensor[], attributes: A) => Gradients,
): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: [...inputsToSave],
    outputsToSave: [...outputsToSave],
    gradFunc: (dy, saved, attrs) => gradient(Array.isArray(dy) ? dy : [dy], saved, attrs as unknown as A),
  });
}

/** Runs a registered kernel, recorded on the tape if there is one. */
export function runKernel(kernelName: string, inputs: Inputs, attributes: object): tf.Tensor[] {
  const result: tf.Tensor | tf.Tensor[] = tf
    .engine()
    .runKernel(kernelName, inputs, attributes as tf.NamedAttrMap);
  return Array.isArray(result) ? result : [result];
}

/**
 * Leaves constants and hidden outputs out of the tape's last entry, if it is the one that made `output`: the library would ask
 * for the gradient by every input, and make zeros for that of an output that nobody used.
 */
export function amendTape(
  output: tf.Tensor,
  visible: readonly tf.Tensor[],
  constants: readonly string[],
): void {
  const tape = tf.engine().state.activeTape;
  const last = tape?.[tape.length - 1];
  if (!last || last.outputs[0] !== output) return;
  last.outputs = [...visible];
  const inputs = { ...last.inputs };
  for (const name of constants) delete inputs[name];
  last.inputs = inputs;
}

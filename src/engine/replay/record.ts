/**
 * Writes down what a piece of work has the device do. The work runs as always; every program goes through the backend's
 * `recordAndSubmit`, the library's own and ours, and every upload through `uploadToGPU`: there it is seen.
 */
import * as tf from '@tensorflow/tfjs-core';
import { openedBackend } from '../backends/opened';
import { listenForInputs } from './inputs';
import { override } from './override';
import { openPlaces } from './uniforms';
import type { Uniform } from '../backends/webgpu/program';
import type { RecordedBuffer, RecordedList, RecordedProgram } from './list';

/** The work was done, but cannot be done again by its list. */
export class NotReplayable extends Error {}

interface RunProgram {
  readonly pipeline: GPUComputePipeline;
  readonly dispatch: readonly [number, number, number];
  readonly shaderKey: string;
  readonly makes?: string | undefined;
  /** Bindings that it writes; the library's own programs write the first alone. */
  readonly writes?: readonly number[];
}

interface TensorData {
  values: Float32Array | Int32Array | null;
  resource?: GPUBuffer | null;
  dtype: tf.DataType;
}

/** The library's backend as far as a recorder stands between it and the device. */
interface WatchedBackend {
  queue: Pick<GPUQueue, 'writeBuffer' | 'submit'>;
  readonly bufferManager: {
    acquireBuffer(size: number, usage: number, mapped?: boolean, reuse?: boolean): GPUBuffer;
  };
  readonly tensorMap: { get(dataId: tf.DataId): TensorData };
  recordAndSubmit(
    program: RunProgram,
    output: tf.TensorInfo,
    inputs: readonly tf.TensorInfo[],
    uniforms?: readonly Uniform[],
  ): void;
  makeUniforms(uniforms: readonly Uniform[]): GPUBufferBinding;
  uploadToGPU(dataId: tf.DataId): void;
  read(dataId: tf.DataId): Promise<tf.BackendValues>;
  readSync(dataId: tf.DataId): tf.BackendValues;
}

/** A buffer of the recorded step, before it has a place in the list. */
type Seen = { -readonly [K in keyof Omit<RecordedBuffer, 'outer'>]: RecordedBuffer[K] };

/** A buffer as a program makes it. */
const empty = { input: null, values: null, overwritten: false, type: 'float32' } as const;

const typeOf = ({ dtype }: TensorData): RecordedBuffer['type'] => (dtype === 'float32' ? dtype : 'int32');

/** A copy of a tensor's values on the host. */
function bytesOf(data: TensorData & { readonly values: ArrayLike<number> }): Uint8Array {
  const copy = typeOf(data) === 'float32' ? new Float32Array(data.values) : new Int32Array(data.values);
  return new Uint8Array(copy.buffer);
}

/**
 * Runs `work` and lists its programs. It may read and write tensors that were there before; tensors of its own must be gone when
 * it returns.
 *
 * @throws NotReplayable where it leaves tensors behind; Error where it reads values back
 */
export function recordPrograms(work: () => void): RecordedList {
  const backend = openedBackend<WatchedBackend>();
  const engine = tf.engine();
  const buffers: (Seen & Pick<RecordedBuffer, 'outer'>)[] = [];
  const programs: RecordedProgram[] = [];
  /** What each pooled buffer is now: the pool hands one out again and again. */
  const current = new Map<GPUBuffer, Seen>();
  const places = new Map<Seen | GPUBuffer, number>();
  const inputs = new WeakMap<tf.DataId, string>();
  const kernels: string[] = [];
  let written: Uint8Array | null = null;
  let uniformsOf: readonly Uniform[] = [];

  function placeOf({ dataId }: tf.TensorInfo): number {
    const buffer = backend.tensorMap.get(dataId).resource!;
    const seen = current.get(buffer);
    const known = places.get(seen ?? buffer);
    if (known !== undefined) return known;
    places.set(seen ?? buffer, buffers.length);
    const outer = { ...empty, size: buffer.size, outer: { buffer, dataId } };
    return buffers.push(seen ? { ...seen, outer: null } : outer) - 1;
  }

  const { queue, bufferManager } = backend;
  const acquire = bufferManager.acquireBuffer.bind(bufferManager);
  const run = backend.recordAndSubmit.bind(backend);
  const makeUniforms = backend.makeUniforms.bind(backend);
  const upload = backend.uploadToGPU.bind(backend);
  const [read, readSync] = [backend.read.bind(backend), backend.readSync.bind(backend)];
  const runKernel = engine.runKernel.bind(engine);
  const inOperation = (): string => kernels.join('/');
  const refuseRead = (dataId: tf.DataId): void => {
    if (!backend.tensorMap.get(dataId).values)
      throw new Error(`A recorded step cannot read values back, as ${inOperation() || 'it'} does.`);
  };

  const restore = [
    override(bufferManager, 'acquireBuffer', (size, ...rest) => {
      const buffer = acquire(size, ...rest);
      current.set(buffer, { ...empty, size });
      return buffer;
    }),
    override(backend, 'uploadToGPU', (dataId) => {
      const data = backend.tensorMap.get(dataId);
      const fresh = !data.resource;
      const { values } = data;
      const bytes = fresh && values ? bytesOf({ ...data, values }) : null;
      upload(dataId);
      const seen = fresh && data.resource ? current.get(data.resource) : undefined;
      if (seen) Object.assign(seen, { values: bytes, input: inputs.get(dataId) ?? null, type: typeOf(data) });
    }),
    override(backend, 'makeUniforms', (uniforms) => {
      uniformsOf = uniforms;
      return makeUniforms(uniforms);
    }),
    override(backend, 'queue', {
      writeBuffer(buffer, at, data, from = 0, size) {
        const bytes = data as ArrayBuffer;
        written = new Uint8Array(bytes.slice(from, from + (size ?? bytes.byteLength - from)));
        queue.writeBuffer(buffer, at, data, from, size);
        return undefined;
      },
      submit(commands) {
        queue.submit(commands);
        return undefined;
      },
    }),
    override(backend, 'recordAndSubmit', (program, output, given, uniforms) => {
      // Before it runs: at its end the backend may hand over what it has, and forget tensors that are disposed of.
      const bound = [output, ...given].map(placeOf);
      for (const binding of program.writes ?? [0]) {
        const target = buffers[bound[binding]!]!;
        if (target.values) target.overwritten = true;
      }
      const operation = program.makes ?? inOperation();
      run(program, output, given, uniforms);
      programs.push({
        operation,
        shader: program.shaderKey,
        pipeline: program.pipeline,
        dispatch: [...program.dispatch],
        buffers: bound,
        uniforms: written ?? new Uint8Array(0),
        open: openPlaces(uniformsOf),
      });
      written = null;
    }),
    override(backend, 'read', (dataId) => {
      refuseRead(dataId);
      return read(dataId);
    }),
    override(backend, 'readSync', (dataId) => {
      refuseRead(dataId);
      return readSync(dataId);
    }),
    override(
      engine,
      'runKernel',
      <T extends tf.Tensor | tf.Tensor[]>(
        name: string,
        given: tf.NamedTensorMap,
        attributes?: tf.NamedAttrMap,
      ): T => {
        kernels.push(name);
        try {
          return runKernel<T>(name, given, attributes);
        } finally {
          kernels.pop();
        }
      },
    ),
  ];
  listenForInputs({ declare: (name, dataId) => inputs.set(dataId, name) });
  const before = engine.memory().numTensors;
  try {
    work();
  } finally {
    listenForInputs(null);
    for (const undo of restore.reverse()) undo();
  }
  const left = engine.memory().numTensors - before;
  if (left !== 0)
    throw new NotReplayable(`A recorded step must free what it makes; it left ${left} tensors.`);
  return { buffers, programs };
}

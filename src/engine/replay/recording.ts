/** A recorded step on the device: its own memory, its bind groups, and what a replay has to write. */
import type * as tf from '@tensorflow/tfjs-core';
import { openedBackend } from '../backends/opened';
import { beforeWrite } from '../backends/webgpu/demand';
import { submitPending, type Submitting } from '../backends/webgpu/submit';
import { planArena } from './arena';
import type { StepInputs } from './inputs';
import type { RecordedList } from './list';

/** Bytes to which every device lets a binding begin. */
const ALIGNMENT = 256;
const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

export interface Recording {
  /** Programs of a step. */
  readonly dispatches: number;
  /** Bytes on the device that belong to it. */
  readonly bytes: number;
  /** Names of what a replay must be given. */
  readonly inputs: readonly string[];
  /**
   * Does the step again with these inputs: one upload and one compute pass, among what the backend has yet to submit. Other inputs than
   * those it knows are left aside.
   *
   * @throws RangeError naming an input that is missing or of another length
   */
  replay(inputs: StepInputs): void;
  dispose(): void;
}

interface ReplayBackend extends Submitting {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly tensorMap: { get(dataId: tf.DataId): { values: unknown } };
  ensureCommandEncoderReady(): void;
  incRef(dataId: tf.DataId): void;
  disposeData(dataId: tf.DataId): boolean;
}

/** Where the values of an input go, in words of four bytes. */
interface Write {
  readonly name: string;
  readonly type: 'float32' | 'int32' | 'uint32';
  readonly word: number;
  /** Numbers to write, from this one of the input on. */
  readonly count: number;
  readonly from: number;
  /** Numbers that the input must have; null: at least those that are written. */
  readonly length: number | null;
}

interface Command {
  /** Null: as before. */
  readonly pipeline: GPUComputePipeline | null;
  readonly group: GPUBindGroup;
  readonly dispatch: readonly [number, number, number];
}

interface Copy {
  readonly from: GPUBuffer;
  readonly offset: number;
  readonly to: GPUBuffer;
  readonly size: number;
}

/** Steps that wait for one submission at most. */
const MOST_PENDING = 16;
/** Bytes of their inputs at most: of long ones the upload takes longer than a submission. */
const RING_BYTES = 2 ** 21;

let held = 0;

/** Bytes on the device that belong to recordings. */
export function recordedBytes(): number {
  return held;
}

/** Puts blocks of bytes one after the other. */
class Layout {
  size = 0;
  private readonly known = new Map<string, number>();
  readonly contents: { readonly offset: number; readonly bytes: Uint8Array }[] = [];

  take(bytes: number): number {
    const offset = this.size;
    this.size += align(bytes);
    return offset;
  }

  /** The same bytes always lie in the same place. */
  constant(bytes: Uint8Array): number {
    const key = `${bytes.length} ${String.fromCharCode(...(bytes.length <= 1024 ? bytes : []))}`;
    const shared = bytes.length <= 1024 ? this.known.get(key) : undefined;
    if (shared !== undefined) return shared;
    const offset = this.take(bytes.length);
    this.contents.push({ offset, bytes });
    this.known.set(key, offset);
    return offset;
  }

  filled(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(Math.max(ALIGNMENT, this.size));
    for (const { offset, bytes } of this.contents) all.set(bytes, offset);
    return all;
  }
}

/** Makes a recorded step ready to be replayed. Tensors from before the step stay alive as long as the recording. */
export function createRecording(list: RecordedList): Recording {
  const backend = openedBackend<ReplayBackend>();
  const { device, queue } = backend;
  const { STORAGE, UNIFORM, COPY_DST, COPY_SRC } = GPUBufferUsage;
  const fixed = new Layout();
  /** What every replay writes: inputs, and uniforms with numbers among them that differ. */
  const block = new Layout();
  const writes: Write[] = [];
  const own: GPUBuffer[] = [];
  let bytes = 0;
  const make = (size: number, usage: number): GPUBuffer => {
    const buffer = device.createBuffer({ size, usage });
    own.push(buffer);
    bytes += size;
    return buffer;
  };

  const arena = planArena(list);
  const shared = arena.sizes.map((size) => make(size, STORAGE | COPY_DST));
  const outers = new Map<tf.DataId, { values: unknown }>();
  /** By place in the list; the fixed and the written buffer are made once their sizes are known. */
  const offsets = list.buffers.map(({ outer, input, values, type, size }) => {
    if (outer) {
      outers.set(outer.dataId, backend.tensorMap.get(outer.dataId));
      return null;
    }
    if (!values) return null;
    if (input === null) return fixed.constant(values);
    const offset = block.take(size);
    const count = size / 4;
    writes.push({ name: input, type, word: offset / 4, count, from: 0, length: count });
    return offset;
  });
  const uniforms = list.programs.map((program) => {
    if (program.open.length === 0) return fixed.constant(program.uniforms);
    const offset = block.take(program.uniforms.length);
    block.contents.push({ offset, bytes: program.uniforms });
    for (const { name, index, type, offset: within } of program.open)
      writes.push({ name, type, word: (offset + within) / 4, count: 1, from: index, length: null });
    return offset;
  });
  for (const dataId of outers.keys()) backend.incRef(dataId);

  const constants = fixed.filled();
  const constantBuffer = make(constants.length, STORAGE | UNIFORM | COPY_DST | COPY_SRC);
  queue.writeBuffer(constantBuffer, 0, constants);
  const written = block.filled();
  const inputBuffer = make(written.length, STORAGE | UNIFORM | COPY_DST | COPY_SRC);
  /** Inputs of steps that are not submitted yet, one behind the other; 1: each step is submitted by itself. */
  const places = Math.max(1, Math.min(MOST_PENDING, Math.floor(RING_BYTES / written.length)));
  const ring = places > 1 ? make(places * written.length, COPY_DST | COPY_SRC) : null;
  const views = {
    float32: new Float32Array(written.buffer),
    int32: new Int32Array(written.buffer),
    uint32: new Uint32Array(written.buffer),
  };

  function binding(at: number): GPUBufferBinding {
    const { outer, size, input } = list.buffers[at]!;
    if (outer) return { buffer: outer.buffer };
    const slot = arena.slots[at];
    if (slot !== null && slot !== undefined) return { buffer: shared[slot]!, size };
    return { buffer: input === null ? constantBuffer : inputBuffer, offset: offsets[at]!, size };
  }
  /** Values that the step writes over. */
  const copies = list.buffers.flatMap(({ overwritten, input, size }, at): Copy[] => {
    if (!overwritten) return [];
    const from = input === null ? constantBuffer : inputBuffer;
    return [{ from, offset: offsets[at]!, to: shared[arena.slots[at]!]!, size }];
  });

  let before: GPUComputePipeline | null = null;
  const commands = list.programs.map((program, at): Command => {
    const uniform = {
      buffer: program.open.length === 0 ? constantBuffer : inputBuffer,
      offset: uniforms[at]!,
      size: program.uniforms.length,
    };
    const resources = [...program.buffers.map(binding), uniform];
    const group = device.createBindGroup({
      layout: program.pipeline.getBindGroupLayout(0),
      entries: resources.map((resource, place) => ({ binding: place, resource })),
    });
    const pipeline = program.pipeline === before ? null : program.pipeline;
    before = program.pipeline;
    return { pipeline, group, dispatch: program.dispatch };
  });
  const hostCopies = [...outers.values()];
  held += bytes;
  let disposed = false;
  /** Of the last step, and its place among those that are not submitted. */
  let encoder: GPUCommandEncoder | null = null;
  let place = 0;

  function fill(inputs: StepInputs): void {
    for (const { name, type, word, count, from, length } of writes) {
      const values = inputs[name];
      if (!values || (length === null ? values.length <= from : values.length !== length)) {
        throw new RangeError(
          `A replayed step needs ${length ?? `more than ${from}`} numbers of ${name} and got ${values?.length ?? 'none'}.`,
        );
      }
      if (count === 1) views[type][word] = values[from]!;
      else views[type].set(values, word);
    }
  }

  return {
    dispatches: commands.length,
    bytes,
    inputs: [...new Set(writes.map(({ name }) => name))],
    replay(inputs) {
      if (disposed) throw new Error('This recording was freed; record the step again.');
      fill(inputs);
      // What was asked for before the step comes before it: what reads tensors that the step writes, and what waits to be submitted.
      for (const dataId of outers.keys()) beforeWrite(dataId);
      // Of another encoder: what was pending is submitted, and its inputs are read before what is written from here on.
      if (!encoder || encoder !== backend.commandEncoder) place = 0;
      if (ring) {
        queue.writeBuffer(ring, place * written.length, written);
      } else {
        submitPending(backend);
        queue.writeBuffer(inputBuffer, 0, written);
      }
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      encoder = backend.commandEncoder!;
      if (ring) encoder.copyBufferToBuffer(ring, place * written.length, inputBuffer, 0, written.length);
      for (const { from, offset, to, size } of copies) encoder.copyBufferToBuffer(from, offset, to, 0, size);
      const pass = encoder.beginComputePass();
      for (const { pipeline, group, dispatch } of commands) {
        if (pipeline) pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(dispatch[0], dispatch[1], dispatch[2]);
      }
      pass.end();
      if (++place === places) submitPending(backend);
      // Values that were read back before are no longer those on the device.
      for (const copy of hostCopies) copy.values = null;
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      held -= bytes;
      // A buffer must be there until what reads it is submitted.
      if (encoder && encoder === backend.commandEncoder) submitPending(backend);
      for (const buffer of own) buffer.destroy();
      for (const dataId of outers.keys()) backend.disposeData(dataId);
    },
  };
}

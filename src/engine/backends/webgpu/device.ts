/**
 * Device programs with several outputs and reductions, which the library's own program form does not have.
 *
 * They are compiled here and submitted through the backend's recorder, so that they share its passes, its deferred
 * submission and its timers.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { openedBackend } from '../opened';
import { beforeRead, beforeWrite } from './demand';
import { webgpu, type Uniform } from './program';

export interface Binding {
  readonly name: string;
  readonly tensor: tf.TensorInfo;
  /** Written (and perhaps read) by the program. */
  readonly write?: boolean;
}

export interface DeviceCall {
  /** Cache key: one name must mean one code and one list of bindings. */
  readonly name: string;
  /** What it makes, where that is not the operation that runs it. */
  readonly makes?: string;
  /** At least one is written; at most eight, which every device grants. */
  readonly bindings: readonly Binding[];
  readonly uniforms: Readonly<Record<string, Uniform>>;
  /** Module-scope declarations, e.g. workgroup memory. */
  readonly declarations?: string;
  /** Body of the entry point; `index` is the invocation's number, `group` the workgroup's, `local` the place in it. */
  readonly body: string;
  /** Invocations wanted (`index` below it must be checked by the body), or workgroups where `reduce` is set. */
  readonly threads: number;
  /** Threads of a workgroup. */
  readonly workgroup?: number;
}

const WORKGROUP = 64;
/** Workgroups along one axis that every device allows. */
const MAX_GROUPS = 65535;

interface Recorded {
  readonly pipeline: GPUComputePipeline;
  readonly dispatch: readonly [number, number, number];
  /** As recordings name it. */
  readonly shaderKey: string;
  readonly makes?: string | undefined;
  /** Bindings that it writes. */
  readonly writes: readonly number[];
}

interface Recorder {
  readonly device: GPUDevice;
  recordAndSubmit(
    program: Recorded,
    output: tf.TensorInfo,
    inputs: readonly tf.TensorInfo[],
    uniforms: readonly Uniform[],
  ): void;
  makeTensorInfo(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

const sizeOf = (x: tf.TensorInfo): number => x.shape.reduce((all, length) => all * length, 1);

/** A new, uninitialised float tensor on the device. */
export function newDeviceOutput(shape: readonly number[]): tf.TensorInfo {
  return openedBackend<Recorder>().makeTensorInfo([...shape], 'float32');
}

function source({ bindings, uniforms, declarations = '', body, workgroup = WORKGROUP }: DeviceCall): string {
  // The recorder puts NaN, infinity and every tensor's shape and stride (rank 1: one number each) before ours.
  const given = bindings.map((_, i) => `shape${i} : i32, stride${i} : i32,`).join(' ');
  const own = Object.entries(uniforms)
    .map(([name, { type }]) => `${name} : ${type === 'float32' ? 'f32' : type === 'int32' ? 'i32' : 'u32'},`)
    .join(' ');
  const storage = bindings.map(({ name, tensor, write }, i) => {
    const access = write ? 'read_write' : 'read';
    const element = tensor.dtype === 'float32' ? 'f32' : 'i32';
    return `@group(0) @binding(${i}) var<storage, ${access}> ${name} : array<${element}>;`;
  });
  return `
    struct Uniforms { nan : f32, infinity : f32, ${given} ${own} };
    ${storage.join('\n')}
    @group(0) @binding(${bindings.length}) var<uniform> uniforms : Uniforms;
    ${declarations}
    @compute @workgroup_size(${workgroup})
    fn main(
      @builtin(workgroup_id) groupId : vec3<u32>,
      @builtin(num_workgroups) groups : vec3<u32>,
      @builtin(local_invocation_index) localIndex : u32,
    ) {
      let group = i32(groupId.y * groups.x + groupId.x);
      let local = i32(localIndex);
      let index = group * ${workgroup} + local;
      ${body}
    }
  `;
}

function descriptorOf(device: GPUDevice, call: DeviceCall): GPUComputePipelineDescriptor {
  const code = source(call);
  const entries: GPUBindGroupLayoutEntry[] = call.bindings.map(({ write }, binding) => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type: write ? 'storage' : 'read-only-storage' },
  }));
  entries.push({
    binding: call.bindings.length,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type: 'uniform' },
  });
  const layout = device.createPipelineLayout({
    bindGroupLayouts: [device.createBindGroupLayout({ entries })],
  });
  const module = device.createShaderModule({ label: call.name, code });
  return { label: call.name, layout, compute: { module, entryPoint: 'main' } };
}

const keyOf = ({ name, bindings, workgroup = WORKGROUP }: DeviceCall): string =>
  `${name} ${bindings.map(({ tensor }) => tensor.dtype).join()} ${workgroup}`;

function pipelinesOf(device: GPUDevice): Map<string, GPUComputePipeline> {
  let cache = pipelines.get(device);
  if (!cache) pipelines.set(device, (cache = new Map<string, GPUComputePipeline>()));
  return cache;
}

/** Pipelines that are being compiled while programs are met and not run; null where programs are run. */
let ahead: Map<string, Promise<GPUComputePipeline>> | null = null;

/**
 * Meets the programs of `work` and runs none; the library's own must be kept from running too.
 *
 * @returns resolves once those that were not there are compiled, the ones that can be
 */
export function meetPrograms(work: () => void): Promise<void> {
  const { device } = openedBackend<Recorder>();
  const met = new Map<string, Promise<GPUComputePipeline>>();
  ahead = met;
  try {
    work();
  } finally {
    ahead = null;
  }
  const cache = pipelinesOf(device);
  return Promise.allSettled(
    [...met].map(async ([key, compiled]) => {
      const pipeline = await compiled;
      // Whoever could not wait has compiled it, and has recorded it maybe.
      if (!cache.has(key)) cache.set(key, pipeline);
    }),
  ).then(() => undefined);
}

/** Null: it is met and not run. */
function pipelineOf(device: GPUDevice, call: DeviceCall): GPUComputePipeline | null {
  const cache = pipelinesOf(device);
  const key = keyOf(call);
  let pipeline = cache.get(key);
  if (ahead) {
    if (!pipeline && !ahead.has(key))
      ahead.set(key, device.createComputePipelineAsync(descriptorOf(device, call)));
    return null;
  }
  if (!pipeline) cache.set(key, (pipeline = device.createComputePipeline(descriptorOf(device, call))));
  return pipeline;
}

/** Runs a program; copies of written tensors' values on the host are dropped. */
export function runDevice(call: DeviceCall): void {
  const backend = webgpu();
  const recorder = openedBackend<Recorder>();
  const { bindings, threads, workgroup = WORKGROUP } = call;
  const pipeline = pipelineOf(recorder.device, call);
  beforeRead(bindings.map(({ tensor }) => tensor));
  for (const { tensor, write } of bindings) if (write) beforeWrite(tensor.dataId);
  const flat = bindings.map(({ tensor }) => {
    backend.uploadToGPU(tensor.dataId);
    return { dataId: tensor.dataId, shape: [sizeOf(tensor)], dtype: tensor.dtype };
  });
  const groups = Math.ceil(threads / workgroup);
  const across = Math.min(groups, MAX_GROUPS);
  const dispatch = [across, Math.ceil(groups / across), 1] as const;
  const [output, ...inputs] = flat as [tf.TensorInfo, ...tf.TensorInfo[]];
  // The recorder lists inputs' shapes before the output's; all are single numbers that programs do not read.
  const uniforms = Object.values(call.uniforms).map((uniform) => ({ ...uniform, data: [...uniform.data] }));
  const writes = bindings.flatMap(({ write }, i) => (write ? [i] : []));
  const { name: shaderKey, makes } = call;
  if (pipeline)
    recorder.recordAndSubmit({ pipeline, dispatch, shaderKey, makes, writes }, output, inputs, uniforms);
  for (const { tensor, write } of bindings) {
    if (write) backend.tensorMap.get(tensor.dataId).values = null;
  }
}

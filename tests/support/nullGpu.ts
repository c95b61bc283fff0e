/**
 * A WebGPU device that computes nothing: the backend's kernels run against it in Node as they would in a browser, and every
 * program that they submit is counted. Values read back are zeros.
 */
import * as tf from '@tensorflow/tfjs-core';
import { installDeferral } from '../../src/engine/backends/webgpu/deferred/install';

interface BufferOptions {
  readonly size: number;
  readonly usage: number;
}

/** Of the constructors that the backend asks `instanceof`. */
class FakeBuffer {
  readonly mapState = 'unmapped';
  readonly size: number;
  readonly usage: number;
  constructor({ size, usage }: BufferOptions) {
    this.size = size;
    this.usage = usage;
  }
  getMappedRange(): ArrayBuffer {
    return new ArrayBuffer(this.size);
  }
  mapAsync(): Promise<void> {
    return Promise.resolve();
  }
  unmap(): void {}
  destroy(): void {}
}
class FakeTexture {}

const usage = {
  COPY_DST: 8,
  COPY_SRC: 4,
  MAP_READ: 1,
  MAP_WRITE: 2,
  QUERY_RESOLVE: 512,
  STORAGE: 128,
  UNIFORM: 64,
};

/** The least that every device grants. */
const limits = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeWorkgroupsPerDimension: 65_535,
  maxStorageBufferBindingSize: 134_217_728,
  maxBufferSize: 268_435_456,
  maxComputeWorkgroupSizeX: 256,
  maxComputeInvocationsPerWorkgroup: 256,
};

const calls = {
  createBuffer: 0,
  createComputePipeline: 0,
  createComputePipelineAsync: 0,
  writeBuffer: 0,
  submit: 0,
};

/** How often the device was asked for what. */
export function gpuCalls(): Readonly<typeof calls> {
  return calls;
}

function createDevice() {
  const nothing = (): void => {};
  const made = () => ({});
  const pass = { setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: nothing, end: nothing };
  const encoder = { beginComputePass: () => pass, copyBufferToBuffer: nothing, finish: made };
  const pipeline = { getBindGroupLayout: made };
  return {
    features: new Set<string>(),
    limits,
    lost: new Promise<never>(nothing),
    addEventListener: nothing,
    queue: {
      submit: () => void calls.submit++,
      writeBuffer: () => void calls.writeBuffer++,
      onSubmittedWorkDone: () => Promise.resolve(),
    },
    createBuffer(options: BufferOptions) {
      calls.createBuffer++;
      return new FakeBuffer(options);
    },
    createBindGroup: made,
    createBindGroupLayout: made,
    createPipelineLayout: made,
    createShaderModule: made,
    createComputePipeline() {
      calls.createComputePipeline++;
      return pipeline;
    },
    createComputePipelineAsync() {
      calls.createComputePipelineAsync++;
      return Promise.resolve(pipeline);
    },
    createCommandEncoder: () => encoder,
  };
}

/**
 * Makes the WebGPU backend the current one, on such a device.
 *
 * @param stub sets a global: `vi.stubGlobal` in tests, which can take it back
 * @throws Error where the backend does not start
 */
export async function openNullGpu(stub: (name: string, value: unknown) => void): Promise<void> {
  const adapter = {
    features: new Set<string>(),
    limits,
    info: { vendor: '', architecture: '', device: '', description: 'counts programs' },
    requestDevice: () => Promise.resolve(createDevice()),
  };
  stub('navigator', { gpu: { requestAdapter: () => Promise.resolve(adapter) }, userAgent: '' });
  stub('GPUBuffer', FakeBuffer);
  stub('GPUTexture', FakeTexture);
  stub('GPUBufferUsage', usage);
  stub('GPUMapMode', { READ: 1, WRITE: 2 });
  stub('GPUShaderStage', { COMPUTE: 4 });
  await import('@tensorflow/tfjs-backend-webgpu');
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  if (!(await tf.setBackend('webgpu')))
    throw new Error('The WebGPU backend did not start on the counting device.');
  await tf.ready();
  installDeferral();
}

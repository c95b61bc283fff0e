import type * as tf from '@tensorflow/tfjs-core';
import { hostValues } from '../../backends/hostMemory';
import { addDeferred } from '../../backends/webgpu/deferred/materialize';
import { elementProgram, float, int, runInPlace } from '../../backends/webgpu/program';
import { defineOperation } from '../../operation/defineOperation';

const size = (x: tf.TensorInfo): number => x.shape.reduce((product, length) => product * length, 1);

/** The same memory as a list of values. */
const flat = (x: tf.TensorInfo): tf.TensorInfo => ({ dataId: x.dataId, shape: [size(x)], dtype: x.dtype });

/** target := source, in place; both of one size and type. */
export const copyInto = defineOperation({
  name: 'copy',
  shapes: 'target: any; source: any',
  inPlace: {
    host: ({ target, source }) => hostValues(target).set(hostValues(source)),
    device: ({ target, source }) => {
      const count = size(target);
      const body = 'result[index] = source[index];';
      const program = elementProgram('engineCopy', ['source'], [count], '', body, count);
      runInPlace(program, [flat(source)], [int(count)], flat(target));
    },
  },
});

/** target += scale * source, in place; both of one size. */
export const addInto = defineOperation({
  name: 'addInto',
  shapes: 'target: any; source: any',
  inPlace: {
    host: ({ target, source }, { scale }: { readonly scale: number }) => {
      const to = hostValues(target);
      const from = hostValues(source);
      for (let i = 0; i < to.length; i++) to[i]! += scale * from[i]!;
    },
    device: ({ target, source }, { scale }) => {
      if (addDeferred(target, source, scale)) return;
      const count = size(target);
      const body = 'result[index] = result[index] + uniforms.scale * source[index];';
      const program = elementProgram('engineAddInto', ['source'], [count], 'scale : f32,', body, count);
      runInPlace(program, [flat(source)], [float(scale), int(count)], flat(target));
    },
  },
});

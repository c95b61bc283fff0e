import { defineInPlace } from './inPlace';
import { hostValues } from '../backends/hostMemory';
import { elementProgram, int, runInPlace } from '../backends/webgpu/program';

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** target := source, in place; both of one size and type. */
export const copyInto = defineInPlace<object>({
  name: 'EngineCopy',
  host: ({ target, source }) => hostValues(target!).set(hostValues(source!)),
  device: ({ target, source }) => {
    const count = size(target!.shape);
    runInPlace(
      elementProgram('engineCopy', ['source'], [count], '', 'result[index] = source[index];', count),
      [{ dataId: source!.dataId, shape: [count], dtype: source!.dtype }],
      [int(count)],
      { dataId: target!.dataId, shape: [count], dtype: target!.dtype },
    );
  },
});

/** target += scale * source, in place. */
export const addInto = defineInPlace<{ readonly scale: number }>({
  name: 'EngineAddInto',
  host: ({ target, source }, { scale }) => {
    const to = hostValues(target!);
    const from = hostValues(source!);
    for (let i = 0; i < to.length; i++) to[i]! += scale * from[i]!;
  },
  device: ({ target, source }, { scale }) => {
    const count = size(target!.shape);
    runInPlace(
      elementProgram(
        'engineAddInto',
        ['source'],
        [count],
        'scale : f32,',
        'result[index] = result[index] + uniforms.scale * source[index];',
        count,
      ),
      [{ dataId: source!.dataId, shape: [count], dtype: source!.dtype }],
      [{ type: 'float32', data: [scale] }, int(count)],
      { dataId: target!.dataId, shape: [count], dtype: target!.dtype },
    );
  },
});

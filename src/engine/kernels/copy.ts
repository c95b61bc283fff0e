import { defineInPlace } from './inPlace';
import { liveValues } from './live';
import { elementProgram, int, runInPlace } from './webgpu';

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** target := source, in place; both of one size and type. */
export const copyInto = defineInPlace<object>({
  name: 'EngineCopy',
  host: ({ target, source }) => liveValues(target!).set(liveValues(source!)),
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
    const to = liveValues(target!);
    const from = liveValues(source!);
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

/** States after a step, in place, several a dispatch: `decay * target + scale * source`. */
import type * as tf from '@tensorflow/tfjs-core';
import { runDevice, type Binding } from '../backends/webgpu/device';
import { defineInPlace } from './inPlace';
import { hostFloats } from '../backends/hostMemory';
import { float, int, type Uniform } from '../backends/webgpu/program';

export interface Blend {
  readonly decay: number;
  readonly scale: number;
}

/** States that one device program writes: two buffers each, eight in all. */
export const BLEND_GROUP = 4;

export interface BlendAttributes {
  /** One entry a state. */
  readonly slots: readonly Blend[];
}

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** Names of the k-th state's tensors among the inputs. */
export function blendNames(k: number): { target: string; source: string } {
  return { target: k === 0 ? 'target' : `target${k}`, source: `source${k}` };
}

type Infos = Readonly<Record<string, tf.TensorInfo>>;

function onHost(inputs: Infos, { slots }: BlendAttributes): void {
  slots.forEach(({ decay, scale }, k) => {
    const names = blendNames(k);
    const target = hostFloats(inputs[names.target]!);
    const source = hostFloats(inputs[names.source]!);
    for (let i = 0; i < target.length; i++) target[i] = decay * target[i]! + scale * source[i]!;
  });
}

function onDevice(inputs: Infos, { slots }: BlendAttributes): void {
  const bindings: Binding[] = [];
  const uniforms: Record<string, Uniform> = {};
  let threads = 0;
  const parts = slots.map(({ decay, scale }, k) => {
    const names = blendNames(k);
    const target = inputs[names.target]!;
    const count = size(target.shape);
    bindings.push({ name: `state${k}`, tensor: target, write: true });
    bindings.push({ name: `fresh${k}`, tensor: inputs[names.source]! });
    uniforms[`start${k}`] = int(threads);
    uniforms[`count${k}`] = int(count);
    uniforms[`decay${k}`] = float(decay);
    uniforms[`scale${k}`] = float(scale);
    threads += count;
    return `{
      let i = index - uniforms.start${k};
      if (i >= 0 && i < uniforms.count${k}) {
        state${k}[i] = uniforms.decay${k} * state${k}[i] + uniforms.scale${k} * fresh${k}[i];
      }
    }`;
  });
  runDevice({ name: `blend ${slots.length}`, bindings, uniforms, body: parts.join('\n'), threads });
}

/** Writes up to `BLEND_GROUP` states; inputs as `blendNames` calls them, of equal sizes in a pair. */
export const blendInto = defineInPlace<BlendAttributes>({
  name: 'EngineBlend',
  host: onHost,
  device: onDevice,
});

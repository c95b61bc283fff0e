/** States after a step, in place, several a dispatch: `decay * target + scale * source`. */
import type * as tf from '@tensorflow/tfjs-core';
import { runDevice, type Binding } from '../../backends/webgpu/device';
import { hostFloats } from '../../backends/hostMemory';
import { float, int, type Uniform } from '../../backends/webgpu/program';
import { defineOperation } from '../../operation/defineOperation';
import type { StateUpdate } from '../../types';

/** States that one device program writes: two buffers each, eight in all. */
export const UPDATE_GROUP = 4;

interface UpdateAttributes {
  /** One entry a state. */
  readonly slots: readonly StateUpdate[];
}

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

type Infos = Readonly<Record<string, tf.TensorInfo | undefined>>;

/** State and value of the k-th pair among the inputs. */
function pair(inputs: Infos, k: number): readonly [tf.TensorInfo, tf.TensorInfo] {
  const suffix = k === 0 ? '' : k;
  return [inputs[`target${suffix}`]!, inputs[`source${suffix}`]!];
}

function onHost(inputs: Infos, { slots }: UpdateAttributes): void {
  slots.forEach(({ decay, scale }, k) => {
    const [state, value] = pair(inputs, k);
    const target = hostFloats(state);
    const source = hostFloats(value);
    for (let i = 0; i < target.length; i++) target[i] = decay * target[i]! + scale * source[i]!;
  });
}

function onDevice(inputs: Infos, { slots }: UpdateAttributes): void {
  const bindings: Binding[] = [];
  const uniforms: Record<string, Uniform> = {};
  let threads = 0;
  const parts = slots.map(({ decay, scale }, k) => {
    const [target, source] = pair(inputs, k);
    const count = size(target.shape);
    bindings.push({ name: `state${k}`, tensor: target, write: true });
    bindings.push({ name: `fresh${k}`, tensor: source });
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
  runDevice({ name: `updateStates ${slots.length}`, bindings, uniforms, body: parts.join('\n'), threads });
}

const operation = defineOperation({
  name: 'updateStates',
  shapes:
    'target: any; source: any; target1?: any; source1?: any; target2?: any; source2?: any; target3?: any; source3?: any',
  inPlace: { host: onHost, device: onDevice },
});

/** A state's tensor, a value of its size, and how they make the next state. */
export interface UpdateSlot extends StateUpdate {
  readonly target: tf.Tensor;
  readonly source: tf.Tensor;
}

/** Writes up to `UPDATE_GROUP` states in place: `decay * target + scale * source`. */
export function updateStates(group: readonly UpdateSlot[]): void {
  const [first, second, third, fourth] = group;
  if (!first) return;
  operation(
    {
      target: first.target,
      source: first.source,
      target1: second?.target,
      source1: second?.source,
      target2: third?.target,
      source2: third?.source,
      target3: fourth?.target,
      source3: fourth?.source,
    },
    { slots: group.map(({ decay, scale }) => ({ decay, scale })) },
  );
}

/**
 * Adam in place, as torch.optim.Adam computes it:
 * m = b1 m + (1-b1) g; v = b2 v + (1-b2) g²; w -= stepSize * m / (sqrt(v) * inverseRoot + epsilon),
 * stepSize = lr / (1-b1^t), inverseRoot = 1 / sqrt(1-b2^t). L2 joins the gradient as pull * (w - centre), pull = 2 l2.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { runDevice, type Binding } from '../../backends/webgpu/device';
import { hostFloats } from '../../backends/hostMemory';
import { pointer, wasmKernels } from '../../backends/wasm/module';
import { updateByDeferred } from '../../backends/wasm/deferredValues';
import { runShared } from '../../backends/wasm/sharedWork';
import { float, int, type Uniform } from '../../backends/webgpu/program';
import { defineOperation } from '../../operation/defineOperation';

export interface AdamRates {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface AdamSlotRates {
  readonly stepSize: number;
  readonly inverseRoot: number;
  readonly pull: number;
  readonly centre: number;
  /** Where `stepSize` stands in the input `adam.rates` of a step; `inverseRoot` follows it. */
  readonly place: number;
}

/** Input of a step: the rates that change with the number of steps. */
export const ADAM_RATES = 'adam.rates';

/** Variables that one device program updates: two buffers each and one of all their moments, of eight. */
export const ADAM_GROUP = 3;

interface SlotAttributes extends AdamSlotRates {
  /** Where its moments begin among the group's. */
  readonly at: number;
}

interface AdamAttributes extends AdamRates {
  /** One entry a variable. */
  readonly slots: readonly SlotAttributes[];
  /** Set the gradients to zero afterwards (the table's, which only the batch's rows fill). */
  readonly clear: boolean;
}

/** Values of one, which two threads should not write in turns. */
const CACHE_LINE = 16;

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

function onHost(
  w: Float32Array,
  firsts: Float32Array,
  seconds: Float32Array,
  g: Float32Array,
  { beta1, beta2, epsilon }: AdamRates,
  { stepSize, inverseRoot, pull, centre }: AdamSlotRates,
): void {
  for (let i = 0; i < w.length; i++) {
    const slope = g[i]! + pull * (w[i]! - centre);
    const first = beta1 * firsts[i]! + (1 - beta1) * slope;
    const second = beta2 * seconds[i]! + (1 - beta2) * slope * slope;
    firsts[i] = first;
    seconds[i] = second;
    if (first !== 0) w[i] = w[i]! - (stepSize * first) / (Math.sqrt(second) * inverseRoot + epsilon);
  }
}

type Infos = Readonly<Record<string, tf.TensorInfo | undefined>>;

/** Weights and gradient of the k-th variable among the inputs. */
function slotTensors(inputs: Infos, k: number): readonly [tf.TensorInfo, tf.TensorInfo] {
  const suffix = k === 0 ? '' : k;
  return [inputs[`target${suffix}`]!, inputs[`gradient${suffix}`]!];
}

function updateOnHost(inputs: Infos, { slots, clear, ...rates }: AdamAttributes): void {
  const kernels = wasmKernels();
  const moments = inputs.moments!;
  const whole = moments.shape[1]!;
  slots.forEach((slot, k) => {
    const [weights, gradient] = slotTensors(inputs, k);
    const n = size(weights.shape);
    if (kernels) {
      const first = pointer(moments) + 4 * slot.at;
      const { beta1, beta2, epsilon } = rates;
      const { stepSize, inverseRoot, pull, centre } = slot;
      const given = [beta1, beta2, stepSize, inverseRoot, epsilon, pull, centre] as const;
      const moved = [first, first + 4 * whole] as const;
      if (updateByDeferred(gradient, pointer(weights), { moments: moved, rates: given })) return;
      const places = [pointer(weights), ...moved, pointer(gradient)];
      runShared('adam', { values: n, length: n, tile: CACHE_LINE }, (from, until) => [
        ...places.map((place) => place + 4 * from),
        until - from,
        ...given,
      ]);
    } else {
      const held = hostFloats(moments);
      const [firsts, seconds] = [slot.at, whole + slot.at].map((at) => held.subarray(at, at + n));
      onHost(hostFloats(weights), firsts!, seconds!, hostFloats(gradient), rates, slot);
    }
    if (!clear) return;
    if (kernels) kernels.run.zero(pointer(gradient), size(gradient.shape));
    else hostFloats(gradient).fill(0);
  });
}

function updateOnDevice(inputs: Infos, { slots, clear, beta1, beta2, epsilon }: AdamAttributes): void {
  const moments = inputs.moments!;
  const bindings: Binding[] = [{ name: 'moments', tensor: moments, write: true }];
  const uniforms: Record<string, Uniform> = {
    beta1: float(beta1),
    beta2: float(beta2),
    rest1: float(1 - beta1),
    rest2: float(1 - beta2),
    epsilon: float(epsilon),
    whole: int(moments.shape[1]!),
  };
  let threads = 0;
  const parts = slots.map((slot, k) => {
    const [weights, gradient] = slotTensors(inputs, k);
    const count = size(weights.shape);
    bindings.push({ name: `w${k}`, tensor: weights, write: true });
    bindings.push({ name: `g${k}`, tensor: gradient, write: clear });
    uniforms[`start${k}`] = int(threads);
    uniforms[`count${k}`] = int(count);
    uniforms[`at${k}`] = int(slot.at);
    uniforms[`stepSize${k}`] = float(slot.stepSize, { name: ADAM_RATES, index: slot.place });
    uniforms[`inverseRoot${k}`] = float(slot.inverseRoot, { name: ADAM_RATES, index: slot.place + 1 });
    uniforms[`pull${k}`] = float(slot.pull);
    uniforms[`centre${k}`] = float(slot.centre);
    threads += count;
    return `{
      let i = index - uniforms.start${k};
      if (i >= 0 && i < uniforms.count${k}) {
        let at = uniforms.at${k} + i;
        let slope = g${k}[i] + uniforms.pull${k} * (w${k}[i] - uniforms.centre${k});
        let first = uniforms.beta1 * moments[at] + uniforms.rest1 * slope;
        let second = uniforms.beta2 * moments[uniforms.whole + at] + uniforms.rest2 * slope * slope;
        moments[at] = first;
        moments[uniforms.whole + at] = second;
        let root = sqrt(second) * uniforms.inverseRoot${k} + uniforms.epsilon;
        w${k}[i] = w${k}[i] - uniforms.stepSize${k} * first / root;
        ${clear ? `g${k}[i] = 0.0;` : ''}
      }
    }`;
  });
  runDevice({
    name: `adam ${slots.length} ${clear}`,
    bindings,
    uniforms,
    body: parts.join('\n'),
    threads,
  });
}

const operation = defineOperation({
  name: 'adam',
  shapes:
    'target: any; moments: 2,n; gradient: any; target1?: any; gradient1?: any; target2?: any; gradient2?: any',
  inPlace: { host: updateOnHost, device: updateOnDevice },
});

/** One variable's update. */
export interface AdamSlot {
  readonly weights: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** Where its moments begin among the group's. */
  readonly at: number;
  readonly rates: AdamSlotRates;
}

/**
 * Updates up to `ADAM_GROUP` variables in place.
 *
 * @param moments of all of them: first moments, one variable after the other, then second ones `[2, n]`
 * @param clear sets the gradients to zero afterwards (the table's, which only the batch's rows fill)
 */
export function adamUpdate(
  group: readonly AdamSlot[],
  moments: tf.Tensor2D,
  rates: AdamRates,
  clear: boolean,
): void {
  const [first, second, third] = group;
  if (!first) return;
  operation(
    {
      target: first.weights,
      moments,
      gradient: first.gradient,
      target1: second?.weights,
      gradient1: second?.gradient,
      target2: third?.weights,
      gradient2: third?.gradient,
    },
    { ...rates, slots: group.map((slot) => ({ ...slot.rates, at: slot.at })), clear },
  );
}

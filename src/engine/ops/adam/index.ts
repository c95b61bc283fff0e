/**
 * Adam in place, as torch.optim.Adam computes it:
 * m = b1 m + (1-b1) g; v = b2 v + (1-b2) g²; w -= stepSize * m / (sqrt(v) * inverseRoot + epsilon),
 * stepSize = lr / (1-b1^t), inverseRoot = 1 / sqrt(1-b2^t). L2 joins the gradient as pull * (w - centre), pull = 2 l2.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { runDevice, type Binding } from '../../backends/webgpu/device';
import { hostFloats } from '../../backends/hostMemory';
import { pointer, wasmKernels } from '../../backends/wasm/module';
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

/** Variables that one device program updates: three buffers each, eight in all. */
export const ADAM_GROUP = 2;

interface AdamAttributes extends AdamRates {
  /** One entry a variable. */
  readonly slots: readonly AdamSlotRates[];
  /** Set the gradients to zero afterwards (the table's, which only the batch's rows fill). */
  readonly clear: boolean;
}

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

function onHost(
  w: Float32Array,
  moments: Float32Array,
  g: Float32Array,
  { beta1, beta2, epsilon }: AdamRates,
  { stepSize, inverseRoot, pull, centre }: AdamSlotRates,
): void {
  const n = w.length;
  for (let i = 0; i < n; i++) {
    const slope = g[i]! + pull * (w[i]! - centre);
    const first = beta1 * moments[i]! + (1 - beta1) * slope;
    const second = beta2 * moments[n + i]! + (1 - beta2) * slope * slope;
    moments[i] = first;
    moments[n + i] = second;
    if (first !== 0) w[i] = w[i]! - (stepSize * first) / (Math.sqrt(second) * inverseRoot + epsilon);
  }
}

type Infos = Readonly<Record<string, tf.TensorInfo | undefined>>;

/** Weights, moments and gradient of the k-th variable among the inputs. */
function slotTensors(inputs: Infos, k: number): readonly [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo] {
  const suffix = k === 0 ? '' : k;
  return [inputs[`target${suffix}`]!, inputs[`moments${suffix}`]!, inputs[`gradient${suffix}`]!];
}

function updateOnHost(inputs: Infos, { slots, clear, ...rates }: AdamAttributes): void {
  const kernels = wasmKernels();
  slots.forEach((slot, k) => {
    const [weights, moments, gradient] = slotTensors(inputs, k);
    if (kernels) {
      const n = size(weights.shape);
      const first = pointer(moments);
      const { beta1, beta2, epsilon } = rates;
      const { stepSize, inverseRoot, pull, centre } = slot;
      const places = [pointer(weights), first, first + 4 * n, pointer(gradient), n] as const;
      kernels.run.adam(...places, beta1, beta2, stepSize, inverseRoot, epsilon, pull, centre);
    } else {
      onHost(hostFloats(weights), hostFloats(moments), hostFloats(gradient), rates, slot);
    }
    if (!clear) return;
    if (kernels) kernels.run.zero(pointer(gradient), size(gradient.shape));
    else hostFloats(gradient).fill(0);
  });
}

function updateOnDevice(inputs: Infos, { slots, clear, beta1, beta2, epsilon }: AdamAttributes): void {
  const bindings: Binding[] = [];
  const uniforms: Record<string, Uniform> = {
    beta1: float(beta1),
    beta2: float(beta2),
    rest1: float(1 - beta1),
    rest2: float(1 - beta2),
    epsilon: float(epsilon),
  };
  let threads = 0;
  const parts = slots.map((slot, k) => {
    const [weights, moments, gradient] = slotTensors(inputs, k);
    const count = size(weights.shape);
    bindings.push({ name: `w${k}`, tensor: weights, write: true });
    bindings.push({ name: `m${k}`, tensor: moments, write: true });
    bindings.push({ name: `g${k}`, tensor: gradient, write: clear });
    uniforms[`start${k}`] = int(threads);
    uniforms[`count${k}`] = int(count);
    uniforms[`stepSize${k}`] = float(slot.stepSize, { name: ADAM_RATES, index: slot.place });
    uniforms[`inverseRoot${k}`] = float(slot.inverseRoot, { name: ADAM_RATES, index: slot.place + 1 });
    uniforms[`pull${k}`] = float(slot.pull);
    uniforms[`centre${k}`] = float(slot.centre);
    threads += count;
    return `{
      let i = index - uniforms.start${k};
      let n = uniforms.count${k};
      if (i >= 0 && i < n) {
        let slope = g${k}[i] + uniforms.pull${k} * (w${k}[i] - uniforms.centre${k});
        let first = uniforms.beta1 * m${k}[i] + uniforms.rest1 * slope;
        let second = uniforms.beta2 * m${k}[n + i] + uniforms.rest2 * slope * slope;
        m${k}[i] = first;
        m${k}[n + i] = second;
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
  shapes: 'target: any; moments: 2,n; gradient: any; target1?: any; moments1?: 2,m; gradient1?: any',
  inPlace: { host: updateOnHost, device: updateOnDevice },
});

/** One variable's update. */
export interface AdamSlot {
  readonly weights: tf.Tensor;
  /** First moments, then second `[2, n]`. */
  readonly moments: tf.Tensor2D;
  readonly gradient: tf.Tensor;
  readonly rates: AdamSlotRates;
}

/**
 * Updates up to `ADAM_GROUP` variables in place.
 *
 * @param clear sets the gradients to zero afterwards (the table's, which only the batch's rows fill)
 */
export function adamUpdate([first, second]: readonly AdamSlot[], rates: AdamRates, clear: boolean): void {
  if (!first) return;
  const { weights: target, moments, gradient } = first;
  const slots = second ? [first.rates, second.rates] : [first.rates];
  operation(
    {
      target,
      moments,
      gradient,
      target1: second?.weights,
      moments1: second?.moments,
      gradient1: second?.gradient,
    },
    { ...rates, slots, clear },
  );
}

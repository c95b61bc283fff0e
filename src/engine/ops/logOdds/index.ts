import type * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

const gradient = defineOperation({
  name: 'logOddsGradient',
  shapes: 'dy: ...; p: ... -> ...',
  loop: {
    host: ({ dy, p }, out) => {
      for (let i = 0; i < out.length; i++) out[i] = dy[i]! / (p[i]! * (1 - p[i]!));
    },
    device: () => 'result[index] = dy[index] / (p[index] * (1.0 - p[index]));',
  },
});

const operation = defineOperation({
  name: 'logOdds',
  shapes: 'p: ... -> ...',
  loop: {
    host: ({ p }, out) => {
      for (let i = 0; i < out.length; i++) out[i] = Math.log(p[i]!) - Math.log1p(-p[i]!);
    },
    device: () => 'result[index] = log(p[index]) - log(1.0 - p[index]);',
  },
  save: ['p'],
  gradient: ({ dy, p }) => ({ p: () => gradient({ dy, p }) }),
});

/** `log(p / (1 - p))` of probabilities: the logit that a sigmoid would have made them of. */
export function logOdds<T extends tf.Tensor>(p: T): T {
  return operation({ p }) as T;
}

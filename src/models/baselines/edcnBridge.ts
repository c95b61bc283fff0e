/** EDCN's bridges: how a cross and a deep layer are put together (Chen et al., CIKM 2021, Section 3.3). */
import * as tf from '@tensorflow/tfjs-core';
import { leakyRelu, softmaxLast } from '../../engine';
import type { Makers, RowInputs } from '../layers';

export type BridgeKind = 'product' | 'addition' | 'concat' | 'attention';

interface Bridged {
  /** `[B, D]` */
  readonly output: tf.Tensor2D;
  /** Shares of the units of either layer `[B, D]` each; null but for attention. */
  readonly attention: readonly [cross: tf.Tensor2D, deep: tf.Tensor2D] | null;
}

type Bridge = (cross: tf.Tensor2D, deep: tf.Tensor2D, rows: RowInputs) => Bridged;

/**
 * Parameters of `concat`: `<name>.weight [2 D, D]`, `<name>.bias [D]`; of `attention`, for x in cross, deep: `<name>.x.0.weight [D, D]`,
 * `<name>.x.0.bias [D]`, `<name>.x.1.weight [D, D]`; the others have none.
 */
export function createBridge(make: Makers, name: string, width: number, kind: BridgeKind): Bridge {
  switch (kind) {
    case 'product':
      return (cross, deep) => ({ output: tf.mul(cross, deep), attention: null });
    case 'addition':
      return (cross, deep) => ({ output: tf.add(cross, deep), attention: null });
    case 'concat': {
      const map = make.linear(name, { input: 2 * width, output: width });
      return (cross, deep, rows) => ({
        output: leakyRelu(map.apply(tf.concat([cross, deep], 1), rows), 0),
        attention: null,
      });
    }
    case 'attention': {
      const netOf = (side: 'cross' | 'deep') => {
        const first = make.linear(`${name}.${side}.0`, { input: width, output: width });
        const second = make.linear(`${name}.${side}.1`, { input: width, output: width, bias: 'none' });
        return (x: tf.Tensor2D, rows: RowInputs): tf.Tensor2D =>
          softmaxLast(second.apply(leakyRelu(first.apply(x, rows), 0), rows));
      };
      const [ofCross, ofDeep] = [netOf('cross'), netOf('deep')];
      return (cross, deep, rows) => {
        const attention = [ofCross(cross, rows), ofDeep(deep, rows)] as const;
        return { output: tf.add(tf.mul(attention[0], cross), tf.mul(attention[1], deep)), attention };
      };
    }
    default:
      return kind satisfies never;
  }
}

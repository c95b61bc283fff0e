/** Three kinds of weights: those that train, the shared ones, and those that serve each scenario. All on the device. */
import * as tf from '@tensorflow/tfjs-core';
import { assign } from '../../../engine';
import { servedName, sharedName } from '../../../models/baselines/mamdr';
import type { Variable } from '../../../engine';
import type { AnyModel } from '../../../models/definition';

export interface MamdrWeights {
  /** Training goes on from the shared weights, or from those that serve a scenario. */
  load(from: 'shared' | number): void;
  /** The shared weights go this share of the way to the trained ones, and what serves every scenario moves with them. */
  moveShared(rate: number): void;
  /** A scenario's own weights, and so what serves it, go this share of the way to the trained ones. */
  moveOwn(scenario: number, rate: number): void;
}

type Model = Pick<AnyModel, 'parameters' | 'states' | 'table'>;

/** Takes what `make` returns as a variable's new value. */
function write(variable: Variable, make: () => tf.Tensor): void {
  const value = tf.tidy(make);
  assign(variable, value);
  value.dispose();
}

/** @param scenarios N; of the table's rows of an id the first N serve, the next trains, the last is shared */
export function createWeights({ parameters, states, table }: Model, scenarios: number): MamdrWeights {
  const state = (name: string): Variable => {
    const found = states.find((each) => each.name === name);
    if (!found) throw new Error(`The model has no "${name}", which its procedure moves.`);
    return found;
  };
  const dense = parameters.map((trained) => ({
    trained,
    shared: state(sharedName(trained.name)),
    served: state(servedName(trained.name)),
  }));
  const [training, common] = [scenarios, scenarios + 1];
  const slots = scenarios + 2;

  /** What serves a scenario, in the shape of what trains. */
  const servedBy = (scenario: number, { trained, served }: (typeof dense)[number]): tf.Tensor => {
    const { shape, size } = trained.tensor;
    return tf.reshape(
      tf.slice(tf.reshape(served.tensor, [scenarios, size]), [scenario, 0], [1, size]),
      shape,
    );
  };
  const rows = (): tf.Tensor3D => tf.reshape(table.tensor, [-1, slots, table.dim]);
  const slot = (all: tf.Tensor3D, at: number): tf.Tensor3D => tf.slice(all, [0, at, 0], [-1, 1, -1]);
  /** 1 at the slots that change `[1, slots, 1]`. */
  const changing = (at: readonly number[]): tf.Tensor3D =>
    tf.tensor3d(
      Float32Array.from({ length: slots }, (_, k) => Number(at.includes(k))),
      [1, slots, 1],
    );

  return {
    load(from) {
      for (const each of dense)
        write(each.trained, () => (from === 'shared' ? tf.clone(each.shared.tensor) : servedBy(from, each)));
      write(table, () => {
        const all = rows();
        const mask = changing([training]);
        const value = slot(all, from === 'shared' ? common : from);
        return tf.add(tf.mul(all, tf.sub(1, mask)), tf.mul(value, mask));
      });
    },
    moveShared(rate) {
      for (const { trained, shared, served } of dense) {
        const { size } = trained.tensor;
        const step = tf.tidy(() => tf.mul(tf.sub(trained.tensor, shared.tensor), rate));
        write(served, () =>
          tf.add(tf.reshape(served.tensor, [scenarios, size]), tf.reshape(step, [1, size])),
        );
        write(shared, () => tf.add(shared.tensor, step));
        step.dispose();
      }
      write(table, () => {
        const all = rows();
        const step = tf.mul(tf.sub(slot(all, training), slot(all, common)), rate);
        const moved = [...Array.from({ length: scenarios }, (_, n) => n), common];
        return tf.add(all, tf.mul(step, changing(moved)));
      });
    },
    moveOwn(scenario, rate) {
      for (const each of dense) {
        const { trained, served } = each;
        const { size } = trained.tensor;
        write(served, () => {
          const step = tf.mul(tf.sub(trained.tensor, servedBy(scenario, each)), rate);
          const mask = tf.tensor2d(
            Float32Array.from({ length: scenarios }, (_, n) => Number(n === scenario)),
            [scenarios, 1],
          );
          return tf.add(
            tf.reshape(served.tensor, [scenarios, size]),
            tf.mul(mask, tf.reshape(step, [1, size])),
          );
        });
      }
      write(table, () => {
        const all = rows();
        const step = tf.mul(tf.sub(slot(all, training), slot(all, scenario)), rate);
        return tf.add(all, tf.mul(step, changing([scenario])));
      });
    },
  };
}

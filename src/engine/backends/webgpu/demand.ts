/** Doors for whoever holds values back: what is about to be read, and what is about to be overwritten. */
import type * as tf from '@tensorflow/tfjs-core';

interface Holder {
  /** These are about to be read together. */
  read(dataIds: readonly tf.DataId[]): void;
  /** This is about to be overwritten. */
  write(dataId: tf.DataId): void;
}

let holder: Holder | null = null;

/** Asks `given` from now on. */
export function holdBack(given: Holder): void {
  holder = given;
}

/** Says that tensors will be read together, so that they can be made together. Where nothing is held back, it does nothing. */
export function beforeRead(tensors: readonly tf.TensorInfo[]): void {
  holder?.read(tensors.map(({ dataId }) => dataId));
}

/** Says that a program will write into a tensor that others may have to read first. */
export function beforeWrite(dataId: tf.DataId): void {
  holder?.write(dataId);
}

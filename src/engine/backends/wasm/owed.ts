/**
 * Values on WASM that are made when somebody reads them. Whoever can do with less than the values in memory takes what is owed
 * instead; everything else reads a tensor by its address, and finds them made.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Pointer } from './exports';

/** Rates of a variable's update and the addresses of its moments. */
interface AdamCall {
  readonly moments: readonly [first: Pointer, second: Pointer];
  /** As the `adam` kernel takes them: beta1, beta2, step size, inverse root, epsilon, pull, centre. */
  readonly rates: readonly [number, number, number, number, number, number, number];
}

interface Owed {
  /** Tensors that have no values yet; the first is the gradient that `adam` uses. */
  readonly outputs: readonly tf.TensorInfo[];
  /** Makes all of them. Must not allocate: a reader may hold views of memory. */
  readonly make: () => void;
  /** Updates the variable at that address by its gradient, and makes the other outputs. False where it cannot: nothing was done. */
  readonly adam: (target: Pointer, call: AdamCall) => boolean;
  /** Frees what making them needed. Called once. */
  readonly release: () => void;
}

interface Entry {
  refCount: number;
}

/** What is replaced of the library's backend. */
interface Backend {
  readonly dataIdMap: { get(dataId: tf.DataId): Entry };
  incRef(dataId: tf.DataId): void;
  disposeData(dataId: tf.DataId, force?: boolean): boolean;
}

const owing = new Map<tf.DataId, Owed>();
const watched = new WeakSet<Backend>();

function forget(owed: Owed): void {
  for (const { dataId } of owed.outputs) owing.delete(dataId);
}

function settle(owed: Owed): void {
  forget(owed);
  owed.make();
  owed.release();
}

/** From now on addresses are asked for through us. Counting references reads no values. */
function watch(backend: Backend): void {
  if (watched.has(backend)) return;
  watched.add(backend);
  const { dataIdMap } = backend;
  const [get, incRef, disposeData] = [
    dataIdMap.get.bind(dataIdMap),
    backend.incRef.bind(backend),
    backend.disposeData.bind(backend),
  ];
  dataIdMap.get = (dataId) => {
    const owed = owing.get(dataId);
    if (owed) settle(owed);
    return get(dataId);
  };
  backend.incRef = (dataId) => {
    if (owing.has(dataId)) get(dataId).refCount++;
    else incRef(dataId);
  };
  backend.disposeData = (dataId, force) => {
    const owed = owing.get(dataId);
    if (owed && !force && get(dataId).refCount > 1) {
      get(dataId).refCount--;
      return false;
    }
    if (owed?.outputs.some((other) => other.dataId !== dataId && owing.has(other.dataId))) settle(owed);
    else if (owed) {
      forget(owed);
      owed.release();
    }
    return disposeData(dataId, force);
  };
}

/** Leaves values to be made later, on the open WASM backend. */
export function owe(owed: Owed): void {
  watch(tf.backend() as unknown as Backend);
  for (const { dataId } of owed.outputs) owing.set(dataId, owed);
}

/** What is owed where `gradient` has no values yet and an update can do without; null elsewhere. */
export function owedGradient(gradient: tf.TensorInfo): Owed | null {
  const owed = owing.get(gradient.dataId);
  return owed && owed.outputs[0]!.dataId === gradient.dataId ? owed : null;
}

/** Updates a variable by a gradient that is owed and never made. False where it has to be. */
export function updateByOwed(gradient: tf.TensorInfo, target: Pointer, call: AdamCall): boolean {
  const owed = owedGradient(gradient);
  if (!owed?.adam(target, call)) return false;
  forget(owed);
  owed.release();
  return true;
}

/**
 * Values on WASM that are made when somebody reads them. Whoever can do with less than the values in memory takes the deferred value
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

interface Deferred {
  /** Tensors that have no values yet; the first is the one that `deferredValue` finds, and the gradient that `adam` uses. */
  readonly outputs: readonly tf.TensorInfo[];
  /** Makes all of them. Must not allocate: a reader may hold views of memory. */
  readonly make: () => void;
  /** Updates the variable at that address by its gradient, and makes the other outputs. False where it cannot: nothing was done. */
  readonly adam?: (target: Pointer, call: AdamCall) => boolean;
  /** Frees what making them needed. Called once. */
  readonly release?: () => void;
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

const deferredValues = new Map<tf.DataId, Deferred>();
const watched = new WeakSet<Backend>();

function forget(deferred: Deferred): void {
  for (const { dataId } of deferred.outputs) deferredValues.delete(dataId);
}

function materialize(deferred: Deferred): void {
  forget(deferred);
  deferred.make();
  deferred.release?.();
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
    const deferred = deferredValues.get(dataId);
    if (deferred) materialize(deferred);
    return get(dataId);
  };
  backend.incRef = (dataId) => {
    if (deferredValues.has(dataId)) get(dataId).refCount++;
    else incRef(dataId);
  };
  backend.disposeData = (dataId, force) => {
    const deferred = deferredValues.get(dataId);
    if (deferred && !force && get(dataId).refCount > 1) {
      get(dataId).refCount--;
      return false;
    }
    if (deferred?.outputs.some((other) => other.dataId !== dataId && deferredValues.has(other.dataId)))
      materialize(deferred);
    else if (deferred) {
      forget(deferred);
      deferred.release?.();
    }
    return disposeData(dataId, force);
  };
}

/** Leaves values to be made later, on the open WASM backend. */
export function defer(deferred: Deferred): void {
  watch(tf.backend() as unknown as Backend);
  for (const { dataId } of deferred.outputs) deferredValues.set(dataId, deferred);
}

/** What is deferred where `x`, the first of its outputs, has no values yet; null elsewhere. */
export function deferredValue(x: tf.TensorInfo): Deferred | null {
  const deferred = deferredValues.get(x.dataId);
  return deferred && deferred.outputs[0]!.dataId === x.dataId ? deferred : null;
}

/** Updates a variable by a gradient that is deferred and never made. False where it has to be. */
export function updateByDeferred(gradient: tf.TensorInfo, target: Pointer, call: AdamCall): boolean {
  const deferred = deferredValue(gradient);
  if (!deferred?.adam?.(target, call)) return false;
  forget(deferred);
  deferred.release?.();
  return true;
}

/** Teaches the open WebGPU backend about deferred values. */
import type * as tf from '@tensorflow/tfjs-core';
import { openedBackend } from '../../opened';
import { holdBack } from '../demand';
import { deferLibraryKernels } from './deferTfKernels';
import { isMaking, materialize, materializeAll, materializeReaders } from './materialize';
import { deferOn, forget, deferredFor, type DeferringBackend } from './values';

const taught = new WeakSet<object>();

/** Once a backend is open: what it reads is made first, and what is freed is forgotten. */
export function installDeferral(): void {
  const backend = openedBackend<DeferringBackend>();
  deferOn(backend);
  if (taught.has(backend)) return;
  taught.add(backend);
  deferLibraryKernels();
  holdBack({ read: materializeAll, write: materializeReaders });
  const make = (dataId: tf.DataId): void => {
    if (deferredFor(dataId) && !isMaking(dataId)) materialize(dataId);
  };
  const upload = backend.uploadToGPU.bind(backend);
  const dispose = backend.disposeData.bind(backend);
  const read = backend.read.bind(backend);
  const readSync = backend.readSync.bind(backend);
  backend.uploadToGPU = (dataId) => {
    make(dataId);
    upload(dataId);
  };
  backend.read = (dataId) => {
    make(dataId);
    return read(dataId);
  };
  backend.readSync = (dataId) => {
    make(dataId);
    return readSync(dataId);
  };
  backend.disposeData = (dataId, force) => {
    const value = deferredFor(dataId);
    const gone = dispose(dataId, force);
    if (gone && value && !backend.tensorMap.has(dataId)) forget(value);
    return gone;
  };
}

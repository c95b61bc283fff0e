/**
 * Starts workers, each from the address of its script. It knows nothing of the client, so the page's entry starts the worker that trains before the client's code
 * is there.
 */
import trainingWorker from './training.worker.ts?worker&url';
import { scriptAddress } from '../engine/scriptAddress';

/** A worker of this site's own, from the address of its script. */
export const startWorker = (address: string, name: string): Worker =>
  new Worker(scriptAddress(address), { type: 'module', name });

/** Started ahead, and not taken yet. */
let ahead: Worker | null = null;

/** Starts the worker that trains for whoever first asks for one. */
export function startTrainingAhead(): void {
  const worker = startWorker(trainingWorker, 'training');
  ahead = worker;
  // Nobody listens yet: one that did not come up is never handed on, and who asks gets another, whose failure is heard.
  worker.addEventListener('error', () => {
    if (ahead === worker) ahead = null;
  });
}

/** A worker that trains: the one that was started ahead, once, or a fresh one. */
export function startTraining(): Worker {
  const worker = ahead ?? startWorker(trainingWorker, 'training');
  ahead = null;
  return worker;
}

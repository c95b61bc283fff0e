import type { BackendInfo } from '../engine';
import type { RunSetup } from '../training/runRecord';

/** Whether a run computes in plain JavaScript without having been asked to: what is faster did not come, or is not to be had. */
export const isSlowFallback = ({ backend }: Pick<RunSetup, 'backend'>, { name }: BackendInfo): boolean =>
  name === 'cpu' && backend !== 'cpu';

/** Files of runs: what the data worker fetches only when one is read or written. */
export { onwardZip } from '../training/onward/onwardZip';
export { exportRuns } from '../training/runFile/exportRuns';
export { readRuns } from '../training/runFile/readRuns';
export { openRunStore } from './runStore';

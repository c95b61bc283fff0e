/** What a session tells of its run with every tick. */
export type SessionState = 'ready' | 'compiling' | 'training' | 'paused' | 'done' | 'failed';

/** Whether a run is being built, trains or waits to go on. */
export function isUnderWay(state: SessionState): boolean {
  return state === 'compiling' || state === 'training' || state === 'paused';
}

/**
 * Words of the control block, and numbers of a call, as `pool.ts` writes them and `thread.js` reads them. A thread is told
 * them with its work: its file is served as it stands, for pages and Node alike, and imports nothing.
 */
export const REMAINING = 0;
export const DONE = 1;
export const READY = 2;
export const STOP = 3;
/** Tasks that other threads than the caller's have done. */
export const HELPED = 4;
export const CONTROL_WORDS = 16;

/** Numbers of one call: export, how many arguments, arguments. */
export const CALL = 32;
/** An argument that stands for the thread's own working memory; no address, size or factor equals it. */
export const OWN_SCRATCH = 2 ** 53;

/** Looks at the control block this often before it sleeps: some tens of microseconds. */
export const SPINS = 2000;

/** All of it, as a thread is told. */
export const layout = { REMAINING, DONE, READY, STOP, HELPED, CALL, OWN_SCRATCH, SPINS } as const;

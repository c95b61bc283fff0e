/**
 * What a thread of the pool runs, as text: it must start in a page's worker (from a blob) and in Node (from a string) without a
 * bundler's help. It knows nothing but numbers: an export's index, arguments, and where its own working memory lies.
 *
 * Words of the control block, and numbers of a call, as `pool.ts` lays them out.
 */
export const REMAINING = 0;
export const DONE = 1;
export const READY = 2;
export const STOP = 3;
/** Tasks that other threads than the caller's have done. */
export const HELPED = 4;
export const CONTROL_WORDS = 16;

/** Numbers of one call: export, how many arguments, arguments. */
export const CALL = 24;
/** An argument that stands for the thread's own working memory; no address, size or factor equals it. */
export const OWN_SCRATCH = 2 ** 53;

/** Looks at the control block this often before it sleeps: some tens of microseconds. */
export const SPINS = 2000;

/** Runs tasks while there are any; shared by the threads (as text) and by the caller. */
const body = `
function takeTasks(control, tasks, calls, functions, scratch) {
  let taken = 0;
  for (;;) {
    const left = Atomics.load(control, ${REMAINING});
    if (left <= 0) return taken;
    if (Atomics.compareExchange(control, ${REMAINING}, left, left - 1) !== left) continue;
    const first = tasks[2 * (left - 1)];
    const last = first + tasks[2 * (left - 1) + 1];
    for (let call = first; call < last; call++) {
      const at = call * ${CALL};
      const given = [];
      for (let i = 0; i < calls[at + 1]; i++) {
        const value = calls[at + 2 + i];
        given.push(value === ${OWN_SCRATCH} ? scratch : value);
      }
      functions[calls[at]](...given);
    }
    Atomics.add(control, ${HELPED}, 1);
    Atomics.add(control, ${DONE}, 1);
    Atomics.notify(control, ${DONE});
    taken++;
  }
}
`;

export const threadSource = `'use strict';
${body}
const start = ({ module, memory, control, tasks, calls, names, scratch }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const functions = names.map((name) => exports[name]);
  Atomics.add(control, ${READY}, 1);
  Atomics.notify(control, ${READY});
  for (;;) {
    takeTasks(control, tasks, calls, functions, scratch);
    if (Atomics.load(control, ${STOP}) !== 0) break;
    let spins = 0;
    while (spins < ${SPINS} && Atomics.load(control, ${REMAINING}) === 0) spins++;
    if (spins === ${SPINS}) Atomics.wait(control, ${REMAINING}, 0, 1000);
  }
};
if (typeof require === 'function') {
  const { parentPort } = require('node:worker_threads');
  parentPort.once('message', (given) => {
    start(given);
    process.exit(0);
  });
} else {
  onmessage = ({ data }) => {
    start(data);
    close();
  };
}
`;

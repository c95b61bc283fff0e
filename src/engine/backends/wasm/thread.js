/**
 * A thread of the pool: runs tasks while there are any, then sleeps. It knows nothing but numbers: an export's index, arguments,
 * and where its own working memory lies. A page's worker and a thread of Node run this very file.
 */
const start = ({ module, memory, control, tasks, calls, names, scratch, layout }) => {
  const { REMAINING, DONE, READY, STOP, HELPED, CALL, OWN_SCRATCH, SPINS } = layout;
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const functions = names.map((name) => exports[name]);

  function takeTasks() {
    for (;;) {
      const left = Atomics.load(control, REMAINING);
      if (left <= 0) return;
      if (Atomics.compareExchange(control, REMAINING, left, left - 1) !== left) continue;
      const first = tasks[2 * (left - 1)];
      const last = first + tasks[2 * (left - 1) + 1];
      for (let call = first; call < last; call++) {
        const at = call * CALL;
        const given = [];
        for (let i = 0; i < calls[at + 1]; i++) {
          const value = calls[at + 2 + i];
          given.push(value === OWN_SCRATCH ? scratch : value);
        }
        functions[calls[at]](...given);
      }
      Atomics.add(control, HELPED, 1);
      Atomics.add(control, DONE, 1);
      Atomics.notify(control, DONE);
    }
  }

  Atomics.add(control, READY, 1);
  Atomics.notify(control, READY);
  for (;;) {
    takeTasks();
    if (Atomics.load(control, STOP) !== 0) return;
    let spins = 0;
    while (spins < SPINS && Atomics.load(control, REMAINING) === 0) spins++;
    if (spins === SPINS) Atomics.wait(control, REMAINING, 0, 1000);
  }
};

const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
if (node) {
  node.parentPort.once('message', (given) => {
    start(given);
    process.exit(0);
  });
} else {
  globalThis.onmessage = ({ data }) => {
    start(data);
    close();
  };
}

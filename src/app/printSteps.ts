/** `?trace=1`: the operations of one step of every run, in the console. */
import { isUnderWay } from '../workers/protocol';
import type { TimedKernel } from '../engine';
import type { RunActions } from './store/runActions';
import { fixedDigits, roundTo } from './format';

/** An operation as a line of the console's table, times to three digits. */
export function lineOf({ kernel, inputs, output, dispatched, milliseconds }: TimedKernel) {
  const shape = (sizes: readonly number[]): string => `[${sizes.join(', ')}]`;
  return {
    operation: kernel,
    inputs: Object.entries(inputs)
      .map(([name, sizes]) => `${name} ${shape(sizes)}`)
      .join(', '),
    output: output.map(shape).join(', '),
    ms: roundTo(milliseconds, 3),
    // A composite's time is that of the operations before it.
    computes: dispatched,
  };
}

function print(name: string, operations: readonly TimedKernel[]): void {
  const computing = operations.filter(({ dispatched }) => dispatched);
  const sum = computing.reduce((total, { milliseconds }) => total + milliseconds, 0);
  console.info(
    `One step of ${name}: ${computing.length} operations compute, ${fixedDigits(sum, 2)} ms in all.`,
  );
  console.table(operations.map(lineOf));
}

/** Asks once a run, after its first step: that one compiles. */
export function printSteps({ client, current }: Pick<RunActions, 'client' | 'current'>): void {
  let asked: string | null = null;
  current.subscribe(() => {
    const { id, name, state, step } = current.view();
    if (id === null || id === asked || step < 1 || !isUnderWay(state)) return;
    asked = id;
    client.traceStep().then(
      (operations) => operations && print(name || id, operations),
      () => undefined, // the run gave way to another, whose step is listed in its turn
    );
  });
}

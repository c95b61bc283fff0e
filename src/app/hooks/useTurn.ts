import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';

/** Milliseconds of one task that are given to drawing what waits; the one that began is finished. */
const TASK_MS = 8;

const waiting: (() => void)[] = [];
let working = false;

function work(): void {
  const until = performance.now() + TASK_MS;
  try {
    do {
      const turn = waiting.shift();
      if (turn) flushSync(turn);
    } while (waiting.length > 0 && performance.now() < until);
  } finally {
    // What could not be drawn holds nobody up behind it.
    working = waiting.length > 0;
    if (working) setTimeout(work);
  }
}

/**
 * False until a part's turn has come to be drawn: parts that appear together are drawn one after the other, in the order in which they
 * appeared, as many in a task as are soon done. Between two tasks the page serves who uses it.
 */
export function useTurn(): boolean {
  const [come, setCome] = useState(false);
  useEffect(() => {
    const turn = () => setCome(true);
    waiting.push(turn);
    if (!working) setTimeout(work);
    working = true;
    return () => {
      const at = waiting.indexOf(turn);
      if (at >= 0) waiting.splice(at, 1);
    };
  }, []);
  return come;
}

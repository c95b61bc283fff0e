/**
 * What earlier versions kept in `localStorage`, which browsers write to the disk late: taken over once. Only what may be
 * lost, such as the theme, stays there.
 */
import type { KeyValueStore } from '../../workers/protocol';
import { ABLATIONS_KEY } from './ablations';
import { QUEUE_KEY } from './queueStorage';

const EARLIER: Readonly<Record<string, string>> = {
  'scenarium-queue': QUEUE_KEY,
  'scenarium-ablations': ABLATIONS_KEY,
};

/** Never rejects: where storage is refused, what is there stays where it is. */
export async function takeOverEarlier(
  kept: KeyValueStore,
  earlier: Pick<globalThis.Storage, 'getItem' | 'removeItem'> | null,
): Promise<void> {
  try {
    const found = Object.entries(EARLIER).flatMap(([from, to]) => {
      const text = earlier?.getItem(from) ?? null;
      return text === null ? [] : [{ from, to, text }];
    });
    if (found.length === 0) return;
    await kept.update(
      found.map(({ to }) => to),
      // Another tab may have taken it over, and gone on from there.
      (now) => Object.fromEntries(found.map(({ to, text }) => [to, now[to] ?? text])),
    );
    for (const { from } of found) earlier?.removeItem(from);
  } catch {
    // Told by whoever keeps something next.
  }
}

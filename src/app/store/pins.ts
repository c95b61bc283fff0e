/** What a person marked as the one to compare with: kept in the browser, since choosing it again is work. */
import { create } from 'zustand';
import type { KeyValueStore } from '../../workers/protocol';
import { report } from './notices';
import { useSetup } from './setup';

export interface Pins {
  /** Group of runs that the others on the Compare page are compared with; null: the first. */
  readonly pinned: string | null;
}

export const usePins = create<Pins>(() => ({ pinned: null }));

const KEY = 'pins';

/** Where pins are kept; what is written does not depend on what was there. */
export interface PinStore extends Pick<KeyValueStore, 'read' | 'onCleared'> {
  update(keys: readonly never[], change: () => Readonly<Record<string, string>>): Promise<void>;
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The pinned group and the run of RelaImpr; nothing pinned where it cannot be read. */
function parsed(text: string): Pins & { readonly referenceRun: string | null } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null)
      return {
        pinned: 'pinned' in value ? textOrNull(value.pinned) : null,
        referenceRun: 'referenceRun' in value ? textOrNull(value.referenceRun) : null,
      };
  } catch {
    // not ours, or cut short: it is pinned again with a click
  }
  return { pinned: null, referenceRun: null };
}

/** Reads what was pinned and keeps every change from now on. Called once. @returns the way to stop */
export async function followPins(values: PinStore): Promise<() => void> {
  const now = (): string =>
    JSON.stringify({ pinned: usePins.getState().pinned, referenceRun: useSetup.getState().referenceRun });
  let known = now();
  const text = await values.read(KEY).catch((error: unknown) => {
    report(error);
    return null;
  });
  // What a person pinned meanwhile stands.
  if (text !== null && now() === known) {
    const { pinned, referenceRun } = parsed(text);
    usePins.setState({ pinned });
    useSetup.getState().set({ referenceRun });
    known = now();
  }
  const keep = (): void => {
    known = now();
    values.update([], () => ({ [KEY]: known })).catch(report);
  };
  const look = (): void => {
    if (now() !== known) keep();
  };
  // What is in memory is kept again where storage was cleared.
  const following = [usePins.subscribe(look), useSetup.subscribe(look), values.onCleared(keep)];
  look();
  return () => {
    for (const stop of following) stop();
  };
}

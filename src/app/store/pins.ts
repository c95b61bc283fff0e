/** What a person marked as the one to compare with: kept in the browser, since choosing it again is work. */
import type { KeyValueStore } from '../../workers/protocol';
import { report } from './notices';
import { useSetup } from './setup';
import type { SetupState } from './setup';

const KEY = 'pins';

/** Where pins are kept; what is written does not depend on what was there. */
export interface PinStore extends Pick<KeyValueStore, 'read' | 'onCleared'> {
  update(keys: readonly never[], change: () => Readonly<Record<string, string>>): Promise<void>;
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The pinned run and that of RelaImpr; nothing pinned where it cannot be read. */
function parsed(text: string): Pick<SetupState, 'pinned' | 'referenceRun'> {
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
  const now = (): string => {
    const { pinned, referenceRun } = useSetup.getState();
    return JSON.stringify({ pinned, referenceRun });
  };
  let known = now();
  const text = await values.read(KEY).catch((error: unknown) => {
    report(error);
    return null;
  });
  // What a person pinned meanwhile stands.
  if (text !== null && now() === known) {
    const before = parsed(text);
    // The address' pin stands, too.
    const pinned = useSetup.getState().pinned ?? before.pinned;
    useSetup.getState().set({ pinned, referenceRun: before.referenceRun });
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
  const following = [useSetup.subscribe(look), values.onCleared(keep)];
  look();
  return () => {
    for (const stop of following) stop();
  };
}

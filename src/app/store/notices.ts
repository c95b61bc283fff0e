/** One-sentence messages: errors stay until dismissed, news goes by itself, an undo may hang on it. */
import { create } from 'zustand';

export interface Notice {
  readonly id: number;
  readonly kind: 'error' | 'news';
  readonly text: string;
  readonly action: { readonly label: string; readonly act: () => void } | null;
}

interface Notices {
  readonly list: readonly Notice[];
  readonly tell: (kind: Notice['kind'], text: string, action?: Notice['action']) => void;
  readonly dismiss: (id: number) => void;
}

/** News goes by itself after so many milliseconds. */
export const NEWS_MS = 9000;
let nextId = 1;

export const useNotices = create<Notices>((set, get) => ({
  list: [],
  tell(kind, text, action = null) {
    // The same sentence twice is one sentence.
    const others = get().list.filter((notice) => notice.text !== text);
    const notice: Notice = { id: nextId++, kind, text, action };
    set({ list: [...others, notice].slice(-4) });
    if (kind === 'news') setTimeout(() => get().dismiss(notice.id), NEWS_MS);
  },
  dismiss(id) {
    set({ list: get().list.filter((notice) => notice.id !== id) });
  },
}));

/** The sentence of whatever was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error && error.message
    ? error.message
    : 'Something failed without saying why; reload the page.';
}

/** Shows what was thrown; an abort that a person asked for is no error. */
export function report(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  useNotices.getState().tell('error', sentence(error));
}

/** Does what may be refused, at once or later, and tells of the refusal. */
export function attempt(act: () => void | Promise<void>): void {
  try {
    act()?.catch(report);
  } catch (error) {
    report(error);
  }
}

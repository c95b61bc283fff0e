/** One-sentence messages: errors stay until dismissed or until the next run begins, news goes by itself, an undo may hang on it. */
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
  /** Errors of before: what comes next has its own. */
  readonly dismissErrors: () => void;
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
  dismissErrors() {
    if (get().list.some(({ kind }) => kind === 'error'))
      set({ list: get().list.filter(({ kind }) => kind !== 'error') });
  },
  dismiss(id) {
    set({ list: get().list.filter((notice) => notice.id !== id) });
  },
}));

/** What a person can do about errors of the browser's own, by their names: their words are for programmers. */
const OF_THE_BROWSER: Readonly<Record<string, string>> = {
  QuotaExceededError: 'The browser’s storage is full; delete runs or imported datasets to make room.',
  NotReadableError: 'The file cannot be read any more: it was changed or moved since; choose it again.',
  NotFoundError: 'The file is not where it was; choose it again.',
  NotAllowedError:
    'The browser does not allow that here; allow it in the browser’s settings, or do it another way.',
  SecurityError:
    'The browser does not allow that here; allow it in the browser’s settings, or do it another way.',
  DataCloneError: 'That is too large for this browser to hand on; try less of it at a time.',
};

/** Errors that a mistake in the page causes. */
const OF_THE_PAGE: ReadonlySet<string> = new Set([
  'TypeError',
  'ReferenceError',
  'SyntaxError',
  'InternalError',
]);

/** Longer ones are not read. */
const MOST_CHARACTERS = 400;

/** One sentence of whatever was thrown: the lab's own errors are sentences, others become one that says what to do. */
export function sentence(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  const said = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '').trim() : '';
  const text = said.length > MOST_CHARACTERS ? `${said.slice(0, MOST_CHARACTERS - 1)}…` : said;
  const known = Object.hasOwn(OF_THE_BROWSER, name) ? OF_THE_BROWSER[name] : undefined;
  if (known !== undefined) return known;
  if (text === '') return 'Something failed without saying why; reload the page.';
  return OF_THE_PAGE.has(name)
    ? `Something in the page failed (${text}); reload it: what was kept is still there.`
    : text;
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

/** Light, dark, or what the system says. Kept over visits. */
import { create } from 'zustand';
import type { Theme } from '../colour/scales';

export type ThemeChoice = 'system' | Theme;
const KEY = 'scenarium-theme';

function systemTheme(): Theme {
  return typeof matchMedia === 'function' && matchMedia('(prefers-color-scheme: dark)').matches
    ? 'dark'
    : 'light';
}

function storedChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    // Storage may be refused (private windows): the choice then lasts as long as the page.
    return 'system';
  }
}

function show(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

interface ThemeState {
  readonly choice: ThemeChoice;
  readonly theme: Theme;
  readonly choose: (choice: ThemeChoice) => void;
  /** Shows a theme for a while, whatever is chosen; null: back to the choice. */
  readonly force: (theme: Theme | null) => void;
}

export const useTheme = create<ThemeState>((set, get) => {
  const choice = storedChoice();
  const theme = choice === 'system' ? systemTheme() : choice;
  show(theme);
  return {
    choice,
    theme,
    choose(next) {
      const resolved = next === 'system' ? systemTheme() : next;
      try {
        if (next === 'system') localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, next);
      } catch {
        // As above: not kept, still shown.
      }
      show(resolved);
      set({ choice: next, theme: resolved });
    },
    force(theme) {
      const { choice: chosen } = get();
      const resolved = theme ?? (chosen === 'system' ? systemTheme() : chosen);
      show(resolved);
      set({ theme: resolved });
    },
  };
});

if (typeof matchMedia === 'function') {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    if (useTheme.getState().choice === 'system') useTheme.getState().choose('system');
  });
}

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
}

export const useTheme = create<ThemeState>((set) => {
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
  };
});

if (typeof matchMedia === 'function') {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    if (useTheme.getState().choice === 'system') useTheme.getState().choose('system');
  });
}

import type { MouseEvent } from 'react';
import { addressOf } from './store/address';
import { listOfStories } from './store/learnView';
import { useSetup } from './store/setup';
import type { Page } from './store/setup';
import { useTheme } from './store/theme';
import type { ThemeChoice } from './store/theme';
import { findModel } from '../models/registry';
import { useShownRun } from './store/shownRun';

const LINKS: readonly { readonly page: Page; readonly label: string }[] = [
  { page: 'learn', label: 'Learn' },
  { page: 'lab', label: 'Lab' },
  { page: 'compare', label: 'Compare' },
  { page: 'data', label: 'Data' },
  { page: 'reproduce', label: 'Reproduce' },
];

const THEMES: readonly { readonly value: ThemeChoice; readonly label: string; readonly sign: string }[] = [
  { value: 'system', label: 'Theme: as the system', sign: '◐' },
  { value: 'light', label: 'Theme: light', sign: '○' },
  { value: 'dark', label: 'Theme: dark', sign: '●' },
];

export function Header() {
  const { page, setup, preset, tab, learn, reproduce, go, turnTo } = useSetup();
  const { choice, choose } = useTheme();
  const view = useShownRun();
  const theme = THEMES.findIndex(({ value }) => value === choice);
  const next = THEMES[(theme + 1) % THEMES.length]!;
  const open = (event: MouseEvent, to: Page) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    // The link of the page that is open leads to its beginning.
    if (to === 'learn' && page === 'learn') turnTo(listOfStories);
    go(to);
  };
  return (
    <header className="header">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <span className="brand">Scenarium</span>
      <nav aria-label="Pages">
        {LINKS.map((link) => (
          <a
            key={link.page}
            href={addressOf({ setup, preset, tab, learn, reproduce, page: link.page }) || './'}
            aria-current={link.page === page ? 'page' : undefined}
            onClick={(event) => open(event, link.page)}
          >
            {link.label}
          </a>
        ))}
      </nav>
      <span className="header-run" data-testid="run-name">
        {view.id !== null && (
          <>
            {view.name || `${findModel(view.setup.model).title}, seed ${view.setup.seed}`}
            <span className="muted"> on {view.datasetTitle || view.setup.dataset}</span>
          </>
        )}
      </span>
      <button
        type="button"
        className="tool"
        onClick={() => choose(next.value)}
        title={`${THEMES[theme]!.label} (press for ${next.label.slice(7)})`}
        aria-label={`${THEMES[theme]!.label}. Press for ${next.label.slice(7)}.`}
      >
        <span aria-hidden="true">{THEMES[theme]!.sign}</span>
      </button>
    </header>
  );
}

import { Suspense, useEffect } from 'react';
import { ResettingErrorBoundary } from './ErrorBoundary';
import { Header } from './Header';
import { lazyPart } from './lazyPart';
import { useCurrentRun } from './store/runActions';
import { Notices } from './notices/Notices';
import { LabPage } from './pages/lab/LabPage';
import { StatusLine } from './pages/lab/StatusLine';
import { addressOf, openAddress } from './store/address';
import { screenNamed } from './store/learnView';
import { useSetup } from './store/setup';
import type { Page as PageName, SetupState } from './store/setup';
import './app.css';

const LearnPage = lazyPart(() => import('./pages/learn/LearnPage').then(({ LearnPage }) => LearnPage));
const EmbeddedPicture = lazyPart(() =>
  import('./pages/embed/EmbeddedPicture').then(({ EmbeddedPicture }) => EmbeddedPicture),
);
const DataPage = lazyPart(() => import('./pages/data/DataPage').then(({ DataPage }) => DataPage));
const ComparePage = lazyPart(() =>
  import('./pages/compare/ComparePage').then(({ ComparePage }) => ComparePage),
);
const ReproducePage = lazyPart(() =>
  import('./pages/reproduce/ReproducePage').then(({ ReproducePage }) => ReproducePage),
);

/** What a reader of the Reproduce page opens; how it is sorted and filtered is no place to come back to. */
const OPENED = ['part', 'claim', 'table', 'world'] as const;

/** Whether the back button should lead from one state to the other. */
const isElsewhere = (state: SetupState, before: SetupState): boolean =>
  state.page !== before.page ||
  state.learn.story !== before.learn.story ||
  // A name that is closed, or that there is nothing of, leaves no entry: back would lead to it again.
  OPENED.some((name) => state.reproduce[name] !== null && state.reproduce[name] !== before.reproduce[name]);

/** Keeps the address and the state the same: changes replace it, the back button is followed. */
function useAddress(): void {
  useEffect(() => {
    /** An entry that the browser went to is not a new one: pushing it would cut off what lies ahead. */
    let following = false;
    const write = () => {
      const address = addressOf(useSetup.getState());
      if (address !== location.search) history.replaceState(null, '', address || location.pathname);
    };
    write();
    const stop = useSetup.subscribe((state, before) => {
      if (isElsewhere(state, before) && !following)
        history.pushState(null, '', addressOf(state) || location.pathname);
      else write();
    });
    const back = () => {
      const { page, setup, preset, tab, picture, learn, embed, reproduce, chosen, pinned } = openAddress(
        location.search,
      );
      following = true;
      // Only the Compare page's own address says which runs are chosen and pinned there.
      const own = page === 'compare' && { chosen, ...(pinned !== null && { pinned }) };
      useSetup.setState({ page, setup, preset, tab, picture, learn, embed, reproduce, ...own });
      following = false;
    };
    window.addEventListener('popstate', back);
    return () => {
      stop();
      window.removeEventListener('popstate', back);
    };
  }, []);
}

function Page({ page }: { readonly page: PageName }) {
  switch (page) {
    case 'learn':
      return <LearnPage />;
    case 'lab':
      return <LabPage />;
    case 'data':
      return <DataPage />;
    case 'compare':
      return <ComparePage />;
    case 'reproduce':
      return <ReproducePage />;
    default:
      return page satisfies never;
  }
}

export function App() {
  useAddress();
  const page = useSetup((state) => state.page);
  const embed = useSetup((state) => state.embed);
  const view = useCurrentRun();
  const picture = embed !== null && screenNamed(embed) === null ? embed : null;
  return (
    <div
      className={embed === null ? 'app' : 'app alone'}
      data-testid="app"
      data-state={view.state}
      data-step={view.step}
      data-backend={view.backend?.name ?? ''}
      data-run={view.id ?? ''}
    >
      {embed === null && <Header />}
      <main className={`page page-${page}`} id="main">
        <ResettingErrorBoundary what="This page" of={page}>
          <Suspense fallback={<div className="empty">Opening…</div>}>
            {picture !== null ? <EmbeddedPicture name={picture} /> : <Page page={page} />}
          </Suspense>
        </ResettingErrorBoundary>
      </main>
      {embed === null && <StatusLine />}
      <Notices />
    </div>
  );
}

import { Fragment, useLayoutEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { groupRuns } from '../../studies/groups';
import { findModel, models } from '../../models/registry';
import type { AnySettings } from '../../models/settings';
import { ErrorBoundary } from '../ErrorBoundary';
import { pictures } from '../pictures';
import { tabContents } from '../pictures/contents';
import type { TabContents } from '../pictures/contents';
import { AblationResult } from '../pictures/compare/AblationResult';
import { CompareCurves } from '../pictures/compare/CompareCurves';
import { CompareTable } from '../pictures/compare/CompareTable';
import { DeLongTest } from '../pictures/compare/DeLongTest';
import { OverlapFigure, TrueRelatednessFigure } from '../pictures/data/ScenarioMatrix';
import { AucFigure } from '../pictures/curves/AucFigure';
import { LossFigure } from '../pictures/curves/LossFigure';
import { probeFigureName } from '../pictures/probe/ProbeFigures';
import { TabPictures } from '../pictures/TabPictures';
import { inOrder, tabOf } from '../pictures/tabs';
import { Segments } from '../Segments';
import type { RunView } from '../store/runView';
import { RunActions, RunActionsProvider } from '../store/runActions';
import { useTheme } from '../store/theme';
import { fixedRelatedness, fixedScenarios, sizes } from './fixedData';
import { CLUSTERS } from './fixedProbes';
import type { Size } from './fixedData';
import { fixedAblation, keepFixedRuns } from './fixedKept';
import { fixedRun, phases, probesOf } from './fixedRun';
import type { Phase } from './fixedRun';
import { galleryClient } from './galleryClient';
import './gallery.css';

/** Models whose runs stand side by side. */
const COMPARED = ['mmoe', 'ple'];
const WIDTHS = ['wide', 'narrow'] as const;
type Width = (typeof WIDTHS)[number];

interface Choice {
  readonly scenarios: Size;
  readonly state: Phase;
  readonly width: Width;
}

/** What the address asks for; what it does not say, or says wrongly, is the first of its kind. */
function choiceOf(search: string): Choice {
  const params = new URLSearchParams(search);
  const one = <T,>(all: readonly T[], name: string, otherwise: T): T =>
    all.find((value) => String(value) === params.get(name)) ?? otherwise;
  return {
    scenarios: one(sizes, 'scenarios', 3),
    state: one(phases, 'state', 'done'),
    width: one(WIDTHS, 'width', 'wide'),
  };
}

interface Shelf {
  readonly model: string;
  /** Over those of the preset `tiny`. */
  readonly settings: AnySettings;
  readonly contents: TabContents;
}

/** A model whose scenarios were clustered before it trained, beside every model as it comes. */
const CLUSTERED = { id: 'mmoe', settings: { clusters: CLUSTERS } } as const;

/** Tabs of models, the papers' first, until every picture and every generic figure has been shown once. */
function shelves(size: Size): readonly Shelf[] {
  const shown = new Set<string>();
  const papersFirst = [...models].sort((a, b) => Number(b.family === 'paper') - Number(a.family === 'paper'));
  const asTheyCome = papersFirst.map((model) => ({ model, settings: {} }));
  const runs = [...asTheyCome, { model: findModel(CLUSTERED.id), settings: CLUSTERED.settings }];
  const chosen = runs.flatMap(({ model, settings }) =>
    tabContents(pictures, { probes: probesOf(model.id, size, settings), model }).flatMap(
      (contents): Shelf[] => {
        const names = [
          ...contents.pictures.map(({ id }) => `picture ${id}`),
          ...contents.probes.map((_, k) => probeFigureName(contents, k)),
        ];
        if (names.every((name) => shown.has(name))) return [];
        for (const name of names) shown.add(name);
        return [{ model: model.id, settings, contents }];
      },
    ),
  );
  return inOrder([...new Set(chosen.map(({ contents }) => contents.tab))]).flatMap((tab) =>
    chosen.filter(({ contents }) => contents.tab === tab),
  );
}

function Section({ name, title, children }: { name: string; title: string; children: ReactNode }) {
  return (
    <section className="gallery-section" data-testid={`gallery-${name}`} aria-label={title}>
      <h2>{title}</h2>
      <ErrorBoundary what={title}>
        <div className="tab-panel">{children}</div>
      </ErrorBoundary>
    </section>
  );
}

/** Pictures of several runs. */
function Comparison({ views }: { readonly views: readonly RunView[] }) {
  const groups = useMemo(() => groupRuns(views), [views]);
  const [pinned, setPinned] = useState<string | null>(null);
  const reference = groups.find(({ key }) => key === pinned) ?? groups[0] ?? null;
  return (
    <>
      <CompareCurves groups={groups} />
      <CompareTable groups={groups} reference={reference} onPin={setPinned} />
      <DeLongTest groups={groups} reference={reference} />
    </>
  );
}

/** Pictures of a dataset. */
function DataFigures({ size }: { readonly size: Size }) {
  const scenarios = useMemo(() => fixedScenarios(size), [size]);
  const relatedness = useMemo(() => fixedRelatedness(size), [size]);
  return (
    <>
      <OverlapFigure values={relatedness} scenarios={scenarios} />
      <TrueRelatednessFigure values={relatedness} scenarios={scenarios} />
    </>
  );
}

/** Every picture of a run, from made-up runs in fixed states. */
export function Gallery() {
  const [choice, setChoice] = useState(() => choiceOf(location.search));
  const { theme, choose } = useTheme();
  const { scenarios: size, state, width } = choice;
  const shown = useMemo(
    () =>
      shelves(size).map(({ model, settings, contents }) => ({
        model,
        contents,
        view: fixedRun(model, size, state, settings),
      })),
    [size, state],
  );
  const actions = useMemo(() => new RunActions(galleryClient(size)), [size]);
  const first = shown[0]?.view;
  const compared = useMemo(() => COMPARED.map((model) => fixedRun(model, size, state)), [size, state]);
  const ablation = useMemo(() => fixedAblation(size, state), [size, state]);
  useLayoutEffect(() => keepFixedRuns(size, state, ablation), [size, state, ablation]);
  function change(part: Partial<Choice>): void {
    const next = { ...choice, ...part };
    setChoice(next);
    const params = new URLSearchParams(Object.entries(next).map(([name, value]) => [name, String(value)]));
    history.replaceState(null, '', `?${params.toString()}`);
  }
  return (
    <RunActionsProvider value={actions}>
      <header className="gallery-head">
        <h1>Gallery</h1>
        <p className="muted">
          Every picture of a run in fixed states. The numbers are made up (simulated), and the same every
          time; nothing was trained.
        </p>
        <div className="gallery-choices">
          <Segments
            label="Scenarios"
            testId="gallery-scenarios"
            value={String(size)}
            options={sizes.map((one) => ({ value: String(one), label: `${one} scenarios` }))}
            onChange={(value) => change({ scenarios: sizes.find((one) => String(one) === value) })}
          />
          <Segments
            label="State"
            testId="gallery-state"
            value={state}
            options={phases.map((one) => ({ value: one, label: one }))}
            onChange={(value) => change({ state: value })}
          />
          <Segments
            label="Width"
            testId="gallery-width"
            value={width}
            options={WIDTHS.map((one) => ({ value: one, label: one }))}
            onChange={(value) => change({ width: value })}
          />
          <Segments
            label="Theme"
            testId="gallery-theme"
            value={theme}
            options={(['light', 'dark'] as const).map((one) => ({ value: one, label: one }))}
            onChange={choose}
          />
        </div>
      </header>
      <main
        className={`gallery gallery-${width}`}
        data-testid="gallery"
        data-scenarios={size}
        data-state={state}
      >
        <Fragment key={`${size} ${state}`}>
          {first && (
            <Section name="curves" title="Curves">
              <AucFigure view={first} />
              <LossFigure view={first} />
            </Section>
          )}
          {shown.map(({ model, contents, view }) => (
            <Section
              key={`${contents.tab} ${model}`}
              name={`${contents.tab}-${model}`}
              title={`${tabOf(contents.tab).label}: ${findModel(model).title}`}
            >
              <TabPictures contents={contents} view={view} />
            </Section>
          ))}
          <Section name="compare" title="Comparison">
            <Comparison views={compared} />
          </Section>
          <Section name="ablation" title="Ablation">
            <AblationResult ablation={ablation} />
          </Section>
          <Section name="data" title="Data">
            <DataFigures size={size} />
          </Section>
        </Fragment>
      </main>
    </RunActionsProvider>
  );
}

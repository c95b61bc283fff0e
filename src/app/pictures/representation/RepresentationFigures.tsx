import { useCallback, useMemo, useState } from 'react';
import type { ProbeSpec } from '../../../models/definition';
import { findModel } from '../../../models/registry';
import type { EmbeddingMethod, Relations } from '../../../workers/protocol';
import { Scatter } from '../../charts/Scatter';
import { scenarioColours } from '../../colour/scenario';
import { Figure } from '../../figure/Figure';
import { MAX_POINTS } from '../../../training/representation/sample';
import { formatCount, formatNumber, formatPercent } from '../../format';
import { parseSetup } from '../../../training/parseSetup';
import { attempt } from '../../store/notices';
import type { RunView } from '../../store/runView';
import { Segments } from '../../Segments';
import { useSetup } from '../../store/setup';
import { enqueue, useQueue } from '../../store/queue';
import { useRuns } from '../../store/runs';
import { useKeptRun } from '../../store/shownRun';
import { useTheme } from '../../store/theme';
import { AskButton } from '../AskButton';
import { separationHeadline } from '../headlines/runWords';
import { picture } from '../picture';
import { CosineFigure } from './CosineFigure';
import { describePoint, pointTable, separationTable, summaryTable } from './pane';
import type { AxisNames, Pane } from './pane';
import { SeparationFigure } from './SeparationFigure';
import { comparable, findCounterpart, counterpartOf } from './counterpart';
import { useDescriptions, useEmbedding, usePane, useSample } from './useRepresentation';
import './representation.css';

interface Props {
  readonly view: RunView;
  /** Probes of source `rows`. */
  readonly specs: readonly ProbeSpec[];
}

type Method = 'pca' | EmbeddingMethod;
const METHODS = [
  { value: 'pca', label: 'PCA' },
  { value: 'umap', label: 'UMAP' },
  { value: 'tsne', label: 't-SNE' },
] as const;

const EQUATIONS: Readonly<Record<Method, string>> = {
  pca: String.raw`X-\bar X=U\Sigma V^\top,\quad \text{points}=U_{:,1:2}\,\Sigma_{1:2}`,
  umap: String.raw`\min_y \textstyle\sum_{ij} v_{ij}\log\frac{v_{ij}}{w_{ij}(y)}+(1-v_{ij})\log\frac{1-v_{ij}}{1-w_{ij}(y)}`,
  tsne: String.raw`\min_y \mathrm{KL}(P\Vert Q),\quad q_{ij}\propto(1+\lVert y_i-y_j\rVert^2)^{-1}`,
};

const ARRANGED =
  'Only who stands near whom means something: distances between clusters, their sizes and the axes do not.';

/** Which kept run stands beside: chosen, `none`, or (null) the counterpart without the constraint where there is one. */
function useOther(view: RunView) {
  const list = useRuns((state) => state.list);
  const [chosen, setChosen] = useState<string | null>(null);
  const options = comparable(view.id, view.setup.dataset, list ?? []);
  const counterpart = findCounterpart(view.setup, list ?? []);
  const wanted = chosen ?? counterpart?.id ?? null;
  const id = options.some((run) => run.id === wanted) ? wanted : null;
  return { options, counterpart, id, other: useKeptRun(id), choose: setChosen };
}

/**
 * Rows as the model represents them, coloured by scenario, and how far scenarios stand apart; one run, or two side by side.
 */
function RepresentationFigures({ view, specs }: Props) {
  const theme = useTheme((state) => state.theme);
  const [name, setName] = useState<string | null>(null);
  const [method, setMethod] = useState<Method>('pca');
  const [seed, setSeed] = useState(1);
  const showComponents = useCallback(() => setMethod('pca'), []);
  const spec = specs.find((one) => one.name === name) ?? specs[0]!;
  const { options, counterpart, id, other, choose } = useOther(view);
  const own = useSample(view);
  const beside = useSample(other ?? view);
  const theirs = other ? beside.sample : null;

  const mine = usePane(view, useTitle(view), own.sample, spec.name);
  // Another model’s hidden layers have other names: then its first stands in.
  const same = theirs?.vectors.find((one) => one.name === spec.name) ?? theirs?.vectors[0];
  const otherTitle = other?.probeSpecs.find((one) => one.name === same?.name)?.title;
  const yours = usePane(
    other ?? view,
    `${other?.name ?? ''}${same?.name === spec.name || !otherTitle ? '' : `: ${otherTitle}`}`,
    theirs,
    same?.name ?? spec.name,
  );
  const panes = useMemo<readonly Pane[]>(() => [mine, yours].filter((pane) => pane !== null), [mine, yours]);
  const descriptions = useDescriptions(panes);
  const embedding = useEmbedding(panes, method === 'pca' ? null : method, seed, showComponents);

  const drawn = panes.map((pane, at) => ({
    pane,
    components: descriptions[at]?.components,
    relations: descriptions[at]?.relations,
    xy: method === 'pca' ? (descriptions[at]?.components?.scores ?? null) : (embedding.xy[at] ?? null),
  }));
  const axes: AxisNames =
    method === 'pca'
      ? ['component 1', 'component 2']
      : [`${method === 'umap' ? 'UMAP' : 't-SNE'} 1`, `${method === 'umap' ? 'UMAP' : 't-SNE'} 2`];
  const placed = drawn.flatMap(({ pane, xy }) => (xy ? [{ pane, xy }] : []));
  const related = drawn.flatMap(({ pane, relations }) => (relations ? [{ pane, relations }] : []));
  const groups = useMemo(() => {
    const colours = scenarioColours(view.scenarios, theme);
    return view.scenarios.map((scenario, s) => ({
      label: scenario.name,
      scenario: scenario.id,
      colour: colours[s]!,
    }));
  }, [view.scenarios, theme]);
  const methodTitle = METHODS.find(({ value }) => value === method)!.label;
  const stale = view.state === 'training' || view.state === 'paused';

  return (
    <>
      <div className="representation-choices">
        <label>
          of{' '}
          <select
            value={spec.name}
            data-testid="representation-select"
            aria-label="Representation"
            onChange={(event) => setName(event.target.value)}
          >
            {specs.map((one) => (
              <option key={one.name} value={one.name}>
                {one.title}
              </option>
            ))}
          </select>
        </label>
        <label>
          beside{' '}
          <select
            value={id ?? 'none'}
            data-testid="representation-beside"
            aria-label="Kept run to stand beside"
            onChange={(event) => choose(event.target.value)}
          >
            <option value="none">no other run</option>
            {options.map((run) => (
              <option key={run.id} value={run.id}>
                {run.name}
                {run.id === counterpart?.id ? ' (counterpart)' : ''}
              </option>
            ))}
          </select>
        </label>
        <CounterpartButton view={view} known={counterpart !== null} onTrain={() => choose(null)} />
      </div>
      <Figure
        name="representation"
        className="of-panes"
        title={`${spec.title}: ${methodTitle}`}
        headline={related[0] ? separationHeadline(related[0].relations.separation) : null}
        reading={method === 'pca' ? spec.reading : `${spec.reading} ${ARRANGED}`}
        equation={`${spec.equation}\\qquad ${EQUATIONS[method]}`}
        table={summaryTable(placed, axes)}
        exported={() => pointTable(placed, axes)}
        controls={
          <>
            <Segments
              label="Projection"
              value={method}
              testId="projection"
              options={METHODS}
              onChange={(value) => setMethod(value)}
            />
            {method !== 'pca' && (
              <label className="embedding-seed">
                seed{' '}
                <input
                  type="number"
                  min={1}
                  max={999}
                  value={seed}
                  data-testid="embedding-seed"
                  onChange={(event) =>
                    setSeed(Math.min(999, Math.max(1, Math.round(Number(event.target.value)) || 1)))
                  }
                />
              </label>
            )}
            {embedding.progress !== null && (
              <span data-testid="embedding-progress">
                {formatPercent(embedding.progress, 0)}{' '}
                <button
                  type="button"
                  className="link"
                  data-testid="embedding-cancel"
                  onClick={() => setMethod('pca')}
                >
                  cancel
                </button>
              </span>
            )}
            {stale && mine && (
              <button type="button" className="link" disabled={own.busy} onClick={own.ask}>
                {own.busy ? 'Reading' : `of step ${mine.sample.step}: read again`}
              </button>
            )}
          </>
        }
        empty={!mine && <Ask view={view} sampled={own} missing={own.sample !== null} />}
      >
        <div
          className="panes"
          data-testid="representation-panes"
          data-method={method}
          data-ready={placed.length}
        >
          {drawn.map(({ pane, components, relations, xy }, at) => (
            <div className="pane" key={at} data-testid={xy ? `pane-${at}` : undefined}>
              {panes.length > 1 && <p className="pane-name">{pane.title}</p>}
              <div className="pane-body">
                {xy && (
                  <Scatter
                    label={`${spec.title} of ${pane.title}, ${methodTitle}`}
                    xy={xy}
                    group={pane.points.group}
                    groups={groups}
                    ticks={method === 'pca'}
                    xLabel={axisLabel(axes[0], components?.shares?.[0], method)}
                    yLabel={axisLabel(axes[1], components?.shares?.[1], method)}
                    describe={(point) => describePoint(pane, point)}
                  />
                )}
              </div>
              <p className="pane-measures">{relations && measures(relations.separation)}</p>
            </div>
          ))}
          {other && !yours && (
            <div className="pane">
              <p className="pane-name">{other.name}</p>
              {theirs ? (
                <p className="muted">This run has no such representation.</p>
              ) : (
                <Ask view={other} sampled={beside} missing={false} />
              )}
            </div>
          )}
        </div>
      </Figure>
      {related.length > 0 && (
        <>
          <CosineFigure title={spec.title} labels={groups} truth={view.relatedness} related={related} />
          <SeparationFigure table={separationTable(related)} />
        </>
      )}
    </>
  );
}

/** A run's name; of a current one that nobody named, the name it is kept under. */
function useTitle({ id, name, setup }: RunView): string {
  const kept = useRuns((state) => state.list?.find((run) => run.id === id)?.name);
  return name || kept || `${findModel(setup.model).title}, seed ${setup.seed}`;
}

function axisLabel(axis: string, share: number | undefined, method: Method): string {
  return method === 'pca' && share !== undefined ? `${axis}, ${formatPercent(share)} of variance` : axis;
}

function measures({ between, betweenChance, neighbours, chance }: Relations['separation']): string {
  if (between === null) return 'The points do not vary, so nothing parts the scenarios.';
  return `${formatPercent(between)} of variance between scenarios (chance ${formatPercent(betweenChance)}); ${formatPercent(neighbours, 0)} of neighbours from the same (chance ${formatPercent(chance, 0)})`;
}

/** What would fill the picture, and the way to fill it now. */
function Ask({
  view,
  sampled,
  missing,
}: {
  readonly view: RunView;
  readonly sampled: ReturnType<typeof useSample>;
  readonly missing: boolean;
}) {
  if (missing) return <p>This run kept no such representation; choose another, or train it again.</p>;
  return (
    <div className="ask">
      <p>
        Filled at the run’s end with hidden vectors of up to {formatCount(MAX_POINTS)} test rows, as many of
        each scenario; or now, with the weights of step {formatNumber(view.step)}.
      </p>
      <AskButton of={sampled} busy="Reading" testId="read-representation" disabled={view.step === 0}>
        Read the rows
      </AskButton>
    </div>
  );
}

/** One click: the same run and seed with the constraint turned over, trained in the queue. */
function CounterpartButton({
  view,
  known,
  onTrain,
}: {
  readonly view: RunView;
  readonly known: boolean;
  readonly onTrain: () => void;
}) {
  const set = useSetup((state) => state.set);
  const title = useTitle(view);
  const counterpart = counterpartOf(view.setup);
  const batch = `counterpart of ${view.id ?? ''}`;
  const waiting = useQueue((state) =>
    state.items.some(
      (item) => item.batch === batch && (item.state === 'waiting' || item.state === 'running'),
    ),
  );
  if (!counterpart || known) return null;
  const ended = view.id !== null && (view.status === 'done' || view.status === 'stopped');
  return (
    <button
      type="button"
      className="button"
      data-testid="train-twin"
      disabled={!ended || waiting}
      title={ended ? undefined : 'When this run has ended.'}
      onClick={() => {
        attempt(() => {
          const setup = parseSetup(counterpart.setup);
          // The queue trains as the current run; this one stays on show.
          set({ shownRun: view.id });
          onTrain();
          return enqueue([{ name: `${title}, ${counterpart.label}`, setup }], batch);
        });
      }}
    >
      {waiting ? 'Training its counterpart' : `Train it ${counterpart.label}`}
    </button>
  );
}

export const representation = picture({
  id: 'representation',
  tab: 'representation',
  accepts: (probes) => {
    const specs = probes.filter(({ source }) => source === 'rows');
    return specs.length > 0 ? { specs } : null;
  },
  Component: RepresentationFigures,
});

import { useCallback, useMemo } from 'react';
import { CLUSTER_PROBES } from '../../../models/baselines/clusters';
import type { ProbeSpec } from '../../../models/definition';
import { HeatMap } from '../../charts/HeatMap';
import { scenarioColours } from '../../colour/scenario';
import { Figure } from '../../figure/Figure';
import { MAX_CELLS } from '../../figure/types';
import { fixedDigits, formatNumber } from '../../format';
import { framesOf } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { useTheme } from '../../store/theme';
import { reorder } from '../masks/order';
import { clustersHeadline } from '../headlines/runWords';
import { picture } from '../picture';
import { useMatrixModes } from '../probe/MatrixModes';
import { readingIn } from '../probe/modes';
import type { MatrixBases } from '../probe/modes';
import { agreementWithGroups, clustersOf, orderOf } from './members';
import './clusters.css';

const BASES: MatrixBases = { mean: true, givenDiagonal: true };

interface Props {
  readonly view: RunView;
  /** The probe of distances `[N, N]`. */
  readonly spec: ProbeSpec;
}

/** AREAD's pre-clustering: how far scenarios lie apart by a small DCN's losses, in the order of the clusters, and who shares a tower. */
function ClustersFigure({ view, spec }: Props) {
  const theme = useTheme((state) => state.theme);
  const distances = framesOf(view, CLUSTER_PROBES.distances).at(-1)?.value ?? null;
  const members = framesOf(view, CLUSTER_PROBES.members).at(-1)?.value ?? null;
  const { scenarios } = view;
  const cluster = useMemo(() => clustersOf(members), [members]);
  const order = useMemo(() => orderOf(cluster), [cluster]);
  const count = order.length;
  const ordered = useMemo(
    () => (distances && count > 0 ? reorder(distances.values, order) : null),
    [distances, order, count],
  );
  const data = useMemo(
    () => (ordered ? { rows: count, columns: count, values: ordered, defined: null } : null),
    [ordered, count],
  );
  const scale = useMemo(
    () =>
      ({ kind: 'sequential', min: 0, max: ordered?.reduce((most, x) => Math.max(most, x), 0) || 1 }) as const,
    [ordered],
  );
  const { drawn, control } = useMatrixModes(data, scale, BASES);
  const colours = useMemo(() => scenarioColours(scenarios, theme), [scenarios, theme]);
  const labels = useMemo(
    () =>
      order.map((s) => ({
        label: scenarios[s]?.name ?? String(s + 1),
        scenario: scenarios[s]?.id,
        colour: colours[s],
      })),
    [order, scenarios, colours],
  );
  const groups = useMemo(() => {
    const found = [...new Set(cluster)].sort((a, b) => a - b);
    return found.map((own) => ({
      own,
      names: order.flatMap((s) => (cluster[s] === own ? [scenarios[s]?.name ?? String(s + 1)] : [])),
    }));
  }, [cluster, order, scenarios]);
  const agreement = useMemo(() => agreementWithGroups(cluster, scenarios), [cluster, scenarios]);
  const tableOf = useCallback(
    (limit: number) => ({
      columns: ['scenario', 'cluster', ...labels.map(({ label }) => label)],
      rows: labels
        .slice(0, limit)
        .map(({ label }, r) => [
          label,
          (cluster[order[r]!] ?? 0) + 1,
          ...(ordered ?? []).slice(r * count, (r + 1) * count),
        ]),
      total: count,
    }),
    [labels, cluster, order, ordered, count],
  );
  const table = useMemo(() => tableOf(Math.max(1, Math.floor(MAX_CELLS / (count + 2)))), [tableOf, count]);
  return (
    <Figure
      name="scenario-clusters"
      className="probe tall"
      title="Which scenarios share a tower"
      headline={clustersHeadline(groups, agreement)}
      controls={control}
      reading={readingIn(
        `How differently a small DCN errs in two scenarios, which stand in the order of their clusters. ${spec.reading}`,
        drawn,
      )}
      equation={spec.equation}
      table={table}
      exported={() => tableOf(count)}
      empty={!data && <p>Filled once a small DCN has trained and scenarios are sorted by its losses.</p>}
    >
      {drawn && (
        <div className="probe-split">
          <dl className="cluster-members" data-testid="cluster-members" tabIndex={0}>
            {groups.map(({ own, names }) => (
              <div key={own}>
                <dt>
                  cluster {own + 1} ({names.length})
                </dt>
                <dd>{names.join(', ')}</dd>
              </div>
            ))}
          </dl>
          {agreement !== null && (
            <p className="c-controls">
              <span data-testid="cluster-agreement">
                agreement with the simulator’s groups (adjusted Rand index: 1 the same, 0 chance){' '}
                <b>{formatNumber(agreement)}</b>
              </span>
            </p>
          )}
          <div className="probe-heat">
            <HeatMap
              label="Divergence of losses"
              rows={labels}
              columns={labels}
              rowTitle="scenario"
              columnTitle="other scenario"
              valueTitle={drawn.mode === 'value' ? 'divergence' : drawn.nameOf(drawn.mode)}
              data={drawn.data}
              scale={drawn.scale}
              format={(value) => fixedDigits(value, 3)}
              square
            />
          </div>
        </div>
      )}
    </Figure>
  );
}

export const scenarioClusters = picture({
  id: 'scenario-clusters',
  tab: 'clusters',
  replaces: [CLUSTER_PROBES.distances, CLUSTER_PROBES.members],
  accepts: (probes) => {
    const spec = probes.find(({ name }) => name === CLUSTER_PROBES.distances);
    return spec ? { spec } : null;
  },
  Component: ClustersFigure,
});

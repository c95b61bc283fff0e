import type { SimulateRequest } from '../../../workers/protocol';
import type { WorldEstimate } from '../../../data/simulate/estimate';
import { formatAuc, formatCount, formatPercent, formatRatio } from '../../format';
import { useLatest } from '../../hooks/useLatest';
import { useRunActions } from '../../store/runActions';

/** More scenarios than these are told by their range. */
const MOST_ROWS = 12;

const range = (values: readonly number[], told: (value: number) => string): string =>
  `${told(Math.min(...values))} to ${told(Math.max(...values))}`;

/** What the world would be like as the knobs stand: estimated while they move, beside the twin as it is. */
export function WorldPreview({
  request,
  changed,
}: {
  readonly request: SimulateRequest;
  readonly changed: boolean;
}) {
  const { client } = useRunActions();
  const own = { ...request, knobs: {} };
  const now = useLatest(JSON.stringify(request), () => client.estimateWorld(request));
  const twin = useLatest(JSON.stringify(own), () => client.estimateWorld(own));
  const before = changed && twin.current ? twin.value : null;
  const { value } = now;
  return (
    <section
      className="world-preview"
      data-testid="world-preview"
      data-current={now.current}
      aria-labelledby="world-preview-title"
      aria-busy={!now.current}
    >
      <h3 id="world-preview-title">What it would be like</h3>
      {now.failure !== null && <p role="status">{now.failure}</p>}
      {value === null && now.failure === null && <p className="muted">Estimating …</p>}
      {value !== null && now.failure === null && (
        <>
          <Estimates now={value} before={before} />
          <p className="muted picker-note">
            An estimate from {formatCount(value.rows)} simulated rows of the small size; figures of the world
            itself differ by chance.
            {before && ' In brackets: the twin without the changes.'}
          </p>
        </>
      )}
    </section>
  );
}

function Estimates({ now, before }: { readonly now: WorldEstimate; readonly before: WorldEstimate | null }) {
  const cell = (told: string, earlier: string | undefined) => (
    <td className="number">
      {told}
      {earlier !== undefined && earlier !== told && <span className="muted"> ({earlier})</span>}
    </td>
  );
  const few = now.scenarios.length <= MOST_ROWS;
  const rates = (of: WorldEstimate) =>
    few
      ? formatPercent(of.clickRate)
      : range(
          of.scenarios.map(({ clickRate }) => clickRate),
          formatPercent,
        );
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label="Estimates by scenario">
      <table className="table" data-testid="world-estimates">
        <thead>
          <tr>
            <th scope="col">Scenario</th>
            <th scope="col" className="number">
              CTR
            </th>
            <th scope="col" className="number">
              ceiling
            </th>
            <th scope="col" className="number">
              people also elsewhere
            </th>
          </tr>
        </thead>
        {few && (
          <tbody>
            {now.scenarios.map((scenario, s) => {
              const earlier = before?.scenarios[s];
              const ceiling = (value: number | null) => (value === null ? 'too few' : formatAuc(value));
              return (
                <tr key={scenario.id}>
                  <th scope="row">{scenario.name}</th>
                  {cell(formatPercent(scenario.clickRate), earlier && formatPercent(earlier.clickRate))}
                  {cell(ceiling(scenario.ceiling), earlier && ceiling(earlier.ceiling))}
                  {cell(formatPercent(scenario.shared), earlier && formatPercent(earlier.shared))}
                </tr>
              );
            })}
          </tbody>
        )}
        <tfoot>
          <tr>
            <th scope="row">{few ? 'Mean by traffic' : `${now.scenarios.length} scenarios, by traffic`}</th>
            {cell(rates(now), before ? rates(before) : undefined)}
            {cell(formatAuc(now.ceiling), before ? formatAuc(before.ceiling) : undefined)}
            {cell(formatPercent(now.shared), before ? formatPercent(before.shared) : undefined)}
          </tr>
          <tr>
            <th scope="row">Relatedness of two scenarios, mean</th>
            <td />
            <td />
            {cell(formatRatio(now.relatedness), before ? formatRatio(before.relatedness) : undefined)}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

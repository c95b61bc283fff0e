import { useMemo } from 'react';
import { significanceStars } from '../../../studies/format';
import { allScenarios, compareCell } from '../../../studies/groups';
import type { CompareCell, RunGroup } from '../../../studies/groups';
import type { AucKind } from '../../../training/metrics/aucKind';
import { scenarioColours } from '../../colour/scenario';
import { Figure } from '../../figure/Figure';
import type { Cell } from '../../figure/types';
import { fixedDigits, formatAuc, formatNumber, formatSigned } from '../../format';
import type { RunView } from '../../store/runView';
import { pointing, useHighlight } from '../../store/highlight';
import { useSetup } from '../../store/setup';
import { useTheme } from '../../store/theme';
import { hasTruth } from '../curves/curves';
import './compareFigures.css';

interface Props {
  readonly groups: readonly RunGroup<RunView>[];
  readonly reference: RunGroup<RunView> | null;
  readonly onPin: (key: string) => void;
}

/** A scenario that a model never met stays blank: "undefined" is one that has rows of one class only. */
function spreadText({ spread, missing }: CompareCell): string {
  if (!spread) return missing === 'not met' ? '' : (missing ?? 'undefined');
  return spread.deviation === null
    ? formatAuc(spread.mean)
    : `${formatAuc(spread.mean)} ±${fixedDigits(spread.deviation, 4)}`;
}

const meanOf = (values: readonly (number | null | undefined)[]): number | null => {
  const known = values.filter((value) => typeof value === 'number');
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
};

/** Training and inference time of a set-up, means over its runs; empty where none was kept. */
function timesText({ runs }: RunGroup<RunView>): string {
  const step = meanOf(runs.map(({ timings }) => timings?.step));
  const inference = meanOf(runs.map(({ timings }) => timings?.inference));
  return [
    ...(step === null ? [] : [`${formatNumber(step)} ms a step`]),
    ...(inference === null ? [] : [`test rows scored in ${formatNumber(inference / 1000)} s`]),
  ].join(', ');
}

/** One row a scenario, one column a set-up: mean and spread over seeds, and whether it differs from the reference. */
export function CompareTable({ groups, reference, onPin }: Props) {
  const theme = useTheme((state) => state.theme);
  const highlighted = useHighlight((state) => state.scenario);
  const curve = useSetup((state) => state.curve);
  const views = useMemo(() => groups.flatMap((group) => group.runs), [groups]);
  const kind: AucKind = views.every(hasTruth) ? curve : 'drawn';
  const scenarios = useMemo(() => allScenarios(views), [views]);
  const colours = useMemo(() => scenarioColours(scenarios, theme), [scenarios, theme]);
  const rows = useMemo(
    () =>
      [
        ...scenarios.map((scenario) => ({ id: scenario.id, name: scenario.name })),
        { id: null, name: 'Mean by rows' },
      ].map((row) => {
        const cells = groups.map((group) => compareCell(group, reference, row.id, kind));
        const best = Math.max(...cells.map((cell) => cell.spread?.mean ?? Number.NEGATIVE_INFINITY));
        return { ...row, cells, best };
      }),
    [groups, reference, scenarios, kind],
  );
  const table = {
    columns: [
      'scenario',
      ...groups.flatMap((group) => [group.label, `${group.label}: spread`, `${group.label}: p`]),
    ],
    rows: rows.map((row): readonly Cell[] => [
      row.name,
      ...row.cells.flatMap((cell): Cell[] =>
        cell.missing === null || cell.missing === 'undefined'
          ? [cell.spread?.mean ?? null, cell.spread?.deviation ?? null, cell.p]
          : [spreadText(cell), '', ''],
      ),
    ]),
  };
  /** The table as it is read, a column a set-up. */
  const printed = () => ({
    columns: [
      'Scenario',
      ...groups.map(
        ({ label, runs }) =>
          `${label} (${runs.length > 1 ? `${runs.length} seeds` : `seed ${runs[0].setup.seed}`})`,
      ),
    ],
    rows: rows.map((row) => [
      row.name,
      ...row.cells.map(
        (cell) =>
          spreadText(cell) +
          (cell.difference === null ? '' : ` (${formatSigned(cell.difference)}${significanceStars(cell.p)})`),
      ),
    ]),
  });
  const seeds = groups.some((group) => group.runs.length > 1);
  return (
    <Figure
      name="compare"
      className="compare-table"
      title={`${kind === 'noiseFree' ? 'Noise-free AUC' : 'AUC'} by scenario and set-up`}
      reading={`Bold: the best of the row. Below each: its difference from the reference${seeds ? ', and Student’s paired test over shared seeds (* p < 0.05, ** < 0.01, *** < 0.001)' : '; several seeds a set-up would say what is chance'}.`}
      equation={String.raw`t=\frac{\bar d}{s_d/\sqrt n},\qquad d_i=\mathrm{AUC}_i-\mathrm{AUC}^{\mathrm{ref}}_i`}
      table={table}
      printed={printed}
    >
      <div className="table-scroll compare-scroll" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Scenario</th>
              {groups.map((group) => (
                <th key={group.key} scope="col" className="number">
                  <span className="compare-label" title={group.label}>
                    {group.label}
                  </span>
                  <span className="muted">
                    {' '}
                    {group.runs.length > 1
                      ? `${group.runs.length} seeds`
                      : `seed ${group.runs[0].setup.seed}`}
                  </span>
                  <span className="compare-times muted">{timesText(group)}</span>
                  {groups.length > 1 && (
                    <button
                      type="button"
                      className="tool pin"
                      aria-pressed={group === reference}
                      title={group === reference ? 'The reference' : 'Compare the others with this one'}
                      aria-label={`Reference: ${group.label}`}
                      onClick={() => onPin(group.key)}
                    >
                      {group === reference ? '◆' : '◇'}
                    </button>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const index = scenarios.findIndex((scenario) => scenario.id === row.id);
              return (
                <tr
                  key={row.id ?? 'mean'}
                  className={row.id !== null && highlighted === row.id ? 'highlighted' : undefined}
                  {...(row.id === null
                    ? { 'data-mean': true }
                    : { 'data-scenario': row.id, ...pointing(row.id) })}
                >
                  <th scope="row">
                    {index >= 0 && <span className="swatch" style={{ background: colours[index] }} />}{' '}
                    {row.name}
                  </th>
                  {row.cells.map((cell, g) => (
                    <td
                      key={g}
                      className={`number ${groups.length > 1 && cell.spread?.mean === row.best ? 'strong' : ''}`}
                    >
                      {spreadText(cell)}
                      {cell.difference !== null && (
                        <span className="difference">
                          {formatSigned(cell.difference)}
                          {significanceStars(cell.p)}
                        </span>
                      )}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Figure>
  );
}

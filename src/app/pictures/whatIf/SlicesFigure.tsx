import { useState } from 'react';
import { aucCell, aucOfKind, missingAuc } from '../../../training/metrics/aucKind';
import { Figure } from '../../figure/Figure';
import { formatAuc, formatCount, formatLoss, formatRatio } from '../../format';
import type { RunView } from '../../store/runView';
import { slicesHeadline } from '../headlines/runWords';
import { AskButton } from '../AskButton';
import { useComputed } from '../useScoredRows';
import type { Slice, WhatIf } from '../../../workers/protocol';

interface Props {
  readonly view: RunView;
  readonly fields: WhatIf['fields'];
}

/** The AUC of drawn clicks in words, where it is one. */
function drawnAuc({ metrics }: Slice): string {
  const auc = aucCell('drawn', metrics);
  return typeof auc === 'string' ? auc : formatAuc(auc);
}

/** Figures of the test rows by the values of any field. */
export function SlicesFigure({ view, fields }: Props) {
  const [field, setField] = useState<string | null>(null);
  const wanted = field ?? fields.find(({ role }) => role === 'context')?.name ?? fields[0]?.name ?? '';
  const asked = useComputed(view, async (actions) => ({
    field: wanted,
    slices: await actions.client.slices(wanted),
  }));
  const { value } = asked;
  const slices = value?.field === wanted ? value.slices : null;
  const truth = slices?.some(({ metrics }) => metrics.noiseFreeAuc !== null) ?? false;
  return (
    <Figure
      name="slices"
      title={slices ? `Figures by ${wanted}, ${slices.length} values` : 'Figures by any field'}
      headline={
        slices &&
        slicesHeadline(
          wanted,
          slices.map(({ name, metrics }) => ({
            name,
            auc: missingAuc('drawn', metrics) === 'too few' ? null : aucOfKind('drawn', metrics),
          })),
        )
      }
      reading="Test rows with the present weights, the most frequent values first."
      table={{
        columns: ['value', 'rows', 'positives', 'AUC', 'noise-free AUC', 'log loss', 'calibration'],
        rows: (slices ?? []).map((slice) => [
          slice.name,
          slice.metrics.rows,
          slice.metrics.positives,
          aucCell('drawn', slice.metrics),
          slice.metrics.noiseFreeAuc,
          slice.metrics.logLoss,
          slice.metrics.calibration,
        ]),
      }}
      controls={
        fields.length > 0 && (
          <>
            <select
              aria-label="Field"
              data-testid="slice-field"
              value={wanted}
              onChange={(event) => setField(event.target.value)}
            >
              {fields.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
            <AskButton of={asked} busy="Scoring" testId="slice-ask" small>
              {slices ? 'Score again' : 'Score'}
            </AskButton>
          </>
        )
      }
      empty={slices === null && <p>Choose a field and press Score: every test row is scored.</p>}
    >
      <div className="whatif-slices">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{wanted}</th>
              <th scope="col" className="number">
                rows
              </th>
              <th scope="col" className="number">
                AUC
              </th>
              {truth && (
                <th scope="col" className="number">
                  noise-free
                </th>
              )}
              <th scope="col" className="number">
                log loss
              </th>
              <th scope="col" className="number">
                calibr.
              </th>
            </tr>
          </thead>
          <tbody>
            {slices?.map((slice) => (
              <tr key={slice.name}>
                <th scope="row">{slice.name}</th>
                <td className="number">{formatCount(slice.metrics.rows)}</td>
                <td className="number">{drawnAuc(slice)}</td>
                {truth && <td className="number">{formatAuc(slice.metrics.noiseFreeAuc)}</td>}
                <td className="number">{formatLoss(slice.metrics.logLoss)}</td>
                <td className="number">{formatRatio(slice.metrics.calibration)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Figure>
  );
}

import type { DatasetSummary } from '../../../workers/protocol';
import { formatCount, formatPercent } from '../../format';

/** Fields with role, cardinality and their commonest values. */
export function FieldsTable({ summary }: { readonly summary: DatasetSummary }) {
  const widest = Math.log(Math.max(2, ...summary.fields.map((field) => field.size)));
  return (
    <section className="dataset-fields" aria-labelledby="dataset-fields-title">
      <h3 id="dataset-fields-title">Fields and how many values they have</h3>
      <div className="table-scroll" tabIndex={0}>
        <table className="table" data-testid="dataset-fields">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">of the</th>
              <th scope="col" className="share-column">
                values (log)
              </th>
              <th scope="col" className="number">
                other
              </th>
              <th scope="col">commonest</th>
            </tr>
          </thead>
          <tbody>
            {summary.fields.map((field) => (
              <tr key={field.name} title={field.meaning}>
                <th scope="row">{field.name}</th>
                <td className="muted">
                  {field.role}
                  {field.scenarioSpecific ? ', scenario-specific' : ''}
                </td>
                <td className="share-column">
                  <span
                    className="share-bar ink"
                    style={{ width: `${(60 * Math.log(Math.max(1, field.size))) / widest}%` }}
                  />
                  {formatCount(field.used)}
                </td>
                <td className="number">{formatPercent(field.otherShare)}</td>
                <td className="commonest">
                  {field.top
                    .slice(0, 3)
                    .map((value) => `${value.label} ${formatPercent(value.share)}`)
                    .join(', ')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

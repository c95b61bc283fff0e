import { sides } from '../../../data/import/mapping';
import type { ColumnMapping, ImportRole, Mapping, Side } from '../../../data/import/mapping';
import { columnSentence, roleChoices, useChoices } from '../../../data/import/mappingSummary';
import type { Inspection } from '../../../workers/protocol';
import { formatAuc, formatCount, formatPercent } from '../../format';
import { setRole, setSide, setUse } from './mappingEdits';

interface Props {
  readonly inspection: Inspection;
  readonly mapping: Mapping;
  readonly onChange: (mapping: Mapping) => void;
}

/** Every column with what it looks like, the role that is proposed and why, what it becomes, and its first values. */
export function MappingTable({ inspection, mapping, onChange }: Props) {
  return (
    <>
      <p className="muted mapping-note">
        AUC alone: of a column by itself against the label; near 1 it gives the label away.
      </p>
      <div className="table-scroll mapping-scroll" tabIndex={0}>
        <table className="table mapping" data-testid="mapping-table">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">role</th>
              <th scope="col">first rows</th>
              <th scope="col" className="number">
                AUC alone
              </th>
              <th scope="col">why</th>
              <th scope="col" className="number">
                values
              </th>
              <th scope="col" className="number">
                empty
              </th>
            </tr>
          </thead>
          <tbody>
            {inspection.columns.map((column, c) => {
              const mapped = mapping.columns.find((one) => one.column === column.name);
              const role = mapped?.role ?? 'ignore';
              return (
                <tr
                  key={column.name}
                  data-column={column.name}
                  className={role === 'ignore' ? 'ignored' : undefined}
                >
                  <th scope="row">{column.name}</th>
                  <td>
                    <select
                      aria-label={`Role of ${column.name}`}
                      data-testid={`role-${column.name}`}
                      title={mapped && columnSentence(mapped, mapping)}
                      value={role}
                      onChange={(event) =>
                        onChange(setRole(mapping, column.name, event.target.value as ImportRole))
                      }
                    >
                      {roleChoices.map(({ value, title, sentence }) => (
                        <option key={value} value={value} title={sentence}>
                          {title}
                        </option>
                      ))}
                    </select>
                    {role === 'sequence' && (
                      <select
                        aria-label={`What ${column.name} is used for`}
                        title={mapped && columnSentence(mapped, mapping)}
                        value={mapped?.use ?? 'length'}
                        onChange={(event) =>
                          onChange(
                            setUse(
                              mapping,
                              column.name,
                              event.target.value as NonNullable<ColumnMapping['use']>,
                            ),
                          )
                        }
                      >
                        {useChoices.map(({ value, title, sentence }) => (
                          <option key={value} value={value} title={sentence}>
                            {title}
                          </option>
                        ))}
                      </select>
                    )}
                    {(role === 'numeric' ||
                      (role === 'sequence' && (mapped?.use ?? 'length') === 'length')) && (
                      <select
                        aria-label={`Whose ${column.name} is`}
                        value={mapped?.side ?? 'context'}
                        onChange={(event) =>
                          onChange(setSide(mapping, column.name, event.target.value as Side))
                        }
                      >
                        {sides.map((side) => (
                          <option key={side} value={side}>
                            of the {side}
                          </option>
                        ))}
                      </select>
                    )}
                  </td>
                  <td className="examples">
                    {inspection.firstRows
                      .slice(0, 4)
                      .map((row) => row[c] ?? '')
                      .join(' · ')}
                  </td>
                  <td
                    data-label="AUC alone"
                    className={`number ${column.auc !== null && column.auc > 0.95 ? 'problem' : ''}`}
                  >
                    {column.auc === null ? '–' : formatAuc(column.auc)}
                  </td>
                  <td className="why muted">{column.role === role ? column.reason : 'As you chose.'}</td>
                  <td data-label="values" className="number">
                    {formatCount(column.distinct)}
                  </td>
                  <td data-label="empty" className="number">
                    {inspection.rows > 0 ? formatPercent(column.missing / inspection.rows) : '–'}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

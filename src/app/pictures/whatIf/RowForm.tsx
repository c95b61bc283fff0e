import { useId, useState } from 'react';
import type { WhatIf } from '../../../workers/protocol';
import type { RunView } from '../../store/runView';
import { chooseRow, useWhatIfRequest } from './useWhatIf';

type Field = WhatIf['fields'][number];

function edit(name: string, value: number | null): void {
  useWhatIfRequest.setState(({ edits, ...rest }) => {
    const others = Object.fromEntries(Object.entries(edits).filter(([other]) => other !== name));
    return { ...rest, edits: value === null ? others : { ...others, [name]: value } };
  });
}

/** A whole number that takes effect when it is left or Enter is pressed. */
function NumberInput({
  id,
  value,
  onChange,
  testId,
}: {
  readonly id: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly testId: string;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const take = (): void => {
    const number = Number(draft);
    if (draft !== null && draft.trim() !== '' && Number.isInteger(number) && number >= 0) onChange(number);
    setDraft(null);
  };
  return (
    <input
      id={id}
      type="text"
      inputMode="numeric"
      autoComplete="off"
      data-testid={testId}
      value={draft ?? String(value)}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take();
        if (event.key === 'Escape') setDraft(null);
      }}
    />
  );
}

function FieldControl({ field }: { readonly field: Field }) {
  const id = useId();
  const { name, value, labels, meaning, changed } = field;
  return (
    <div className={changed ? 'whatif-field changed' : 'whatif-field'} title={meaning}>
      <label htmlFor={id}>{name}</label>
      {labels ? (
        <select
          id={id}
          data-testid={`whatif-${name}`}
          value={value}
          onChange={(event) => edit(name, Number(event.target.value))}
        >
          {labels.map((label, k) => (
            <option key={k} value={k}>
              {label}
            </option>
          ))}
        </select>
      ) : (
        <NumberInput
          id={id}
          testId={`whatif-${name}`}
          value={value}
          onChange={(number) => edit(name, number)}
        />
      )}
    </div>
  );
}

/** Which row is asked about, and what of it can be changed. */
export function RowForm({ answer, view }: { readonly answer: WhatIf; readonly view: RunView }) {
  const id = useId();
  const followers = answer.fields.filter(({ editable, role }) => !editable && role !== 'scenario');
  const edited = answer.fields.some(({ changed, role }) => changed && role !== 'scenario');
  return (
    <div className="whatif-form">
      <div className="whatif-row">
        <label htmlFor={`${id}-row`}>Test row</label>
        <button
          type="button"
          className="tool"
          aria-label="Row before"
          onClick={() => chooseRow(answer.previous)}
        >
          ‹
        </button>
        <NumberInput id={`${id}-row`} testId="whatif-row" value={answer.row} onChange={chooseRow} />
        <button type="button" className="tool" aria-label="Next row" onClick={() => chooseRow(answer.next)}>
          ›
        </button>
        <span className="muted">
          {answer.label === 1 ? 'clicked' : 'not clicked'}
          {answer.promoted === true && ', promoted'}
        </span>
        {edited && (
          <button type="button" className="link" onClick={() => chooseRow(answer.row)}>
            as in the data
          </button>
        )}
      </div>
      <div className="whatif-fields">
        <div className={answer.scenario === answer.ownScenario ? 'whatif-field' : 'whatif-field changed'}>
          <label htmlFor={`${id}-scenario`}>scenario</label>
          <select
            id={`${id}-scenario`}
            data-testid="whatif-scenario"
            value={answer.scenario}
            onChange={(event) => useWhatIfRequest.setState({ scenario: Number(event.target.value) })}
          >
            {view.scenarios.map((scenario, s) => (
              <option key={scenario.id} value={s}>
                {scenario.name}
                {s === answer.ownScenario ? ' (its own)' : ''}
              </option>
            ))}
          </select>
        </div>
        {answer.fields
          .filter(({ editable }) => editable)
          .map((field) => (
            <FieldControl key={field.name} field={field} />
          ))}
      </div>
      <p className="muted whatif-followers">
        {followers.map(({ name, value, label }) => `${name} ${label ?? value}`).join(' · ')}
        {answer.userFrom !== null && ` · user and history as in row ${answer.userFrom}`}
        {answer.itemFrom !== null && ` · item as in row ${answer.itemFrom}`}
      </p>
    </div>
  );
}

import { useEffect, useState } from 'react';
import type { Knob, KnobName } from '../../../data/simulate/knobs';
import type { SimulateRequest } from '../../../workers/protocol';
import { formatPlace, trimNumber } from '../../format';
import { useLatest } from '../../hooks/useLatest';
import { useRunActions } from '../../store/runActions';
import { KNOB_GROUPS, movedBy } from './knobGroups';
import type { KnobGroup, Moved } from './knobGroups';

interface Props {
  readonly request: SimulateRequest;
  readonly knobValue: (name: KnobName) => number;
  readonly twinValue: (name: KnobName) => number;
  readonly onChange: (name: KnobName, value: number) => void;
}

/** Milliseconds of rest before previews of knobs are drawn again. */
const REST_MS = 300;

/** All knobs in the order of causes, each with what it does over its range; groups fold, the changed ones say so. */
export function KnobGroups(props: Props) {
  const [settled, setSettled] = useState(props.request);
  const key = JSON.stringify(props.request);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(key) as SimulateRequest), REST_MS);
    return () => clearTimeout(timer);
  }, [key]);
  return KNOB_GROUPS.map((group, k) => (
    <Group key={group.title} {...props} request={settled} group={group} first={k === 0} />
  ));
}

function Group({
  group,
  first,
  request,
  knobValue,
  twinValue,
  onChange,
}: Props & { readonly group: KnobGroup; readonly first: boolean }) {
  const [open, setOpen] = useState(first);
  const changed = group.knobs.filter(({ name }) => knobValue(name) !== twinValue(name)).length;
  return (
    <details className="knob-group" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {group.title} <span className="muted">{changed > 0 ? `${changed} changed` : group.knobs.length}</span>
      </summary>
      <p className="picker-note">{group.part}</p>
      {group.knobs.map((knob) => (
        <KnobControl
          key={knob.name}
          knob={knob}
          value={knobValue(knob.name)}
          standard={twinValue(knob.name)}
          onChange={(value) => onChange(knob.name, value)}
        >
          {open && <KnobPreview request={request} knob={knob} value={knobValue(knob.name)} />}
        </KnobControl>
      ))}
    </details>
  );
}

interface KnobProps {
  readonly knob: Knob;
  readonly value: number;
  readonly standard: number;
  readonly onChange: (value: number) => void;
  readonly children: React.ReactNode;
}

function KnobControl({ knob, value, standard, onChange, children }: KnobProps) {
  const id = `knob-${knob.name}`;
  return (
    <div className={`knob ${value === standard ? '' : 'changed'}`}>
      <label htmlFor={id}>{knob.label}</label>
      <input
        id={id}
        data-testid={id}
        type="range"
        min={knob.min}
        max={knob.max}
        step={knob.step}
        value={value}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <output htmlFor={id}>{trimNumber(value)}</output>
      <button
        type="button"
        className="tool setting-reset"
        style={{ visibility: value === standard ? 'hidden' : 'visible' }}
        aria-label={`Reset ${knob.label} to ${trimNumber(standard)}`}
        onClick={() => onChange(standard)}
      >
        ↺
      </button>
      <p id={`${id}-help`} className="picker-note knob-help">
        {knob.meaning} At 0: {knob.atZero}
      </p>
      {children}
    </div>
  );
}

/** A knob's effect over its range, all other knobs as they stand. */
function KnobPreview({
  request,
  knob,
  value,
}: {
  readonly request: SimulateRequest;
  readonly knob: Knob;
  readonly value: number;
}) {
  const { client } = useRunActions();
  // The knob's own value has no part in what its range does.
  const { [knob.name]: _own, ...others } = request.knobs;
  const asked = { ...request, knobs: others };
  const { value: effect, current } = useLatest(JSON.stringify(asked), () =>
    client.knobEffect(asked, knob.name),
  );
  if (effect === null)
    return (
      <p className="knob-preview muted" data-testid={`preview-${knob.name}`}>
        …
      </p>
    );
  const moved = movedBy(effect);
  return (
    <p className="knob-preview muted" data-testid={`preview-${knob.name}`} data-current={current}>
      {moved && <Sparkline moved={moved} from={knob.min} to={knob.max} value={value} />}
      <span>
        {moved ? `${moved.label} ${moved.from} → ${moved.to}` : 'moves neither rates, overlap nor ceilings'}
      </span>
    </p>
  );
}

const WIDTH = 84;
const HEIGHT = 18;
const EDGE = 3;

/** The sentence beside it says the same, so it is hidden from readers of the screen. */
function Sparkline({
  moved,
  from,
  to,
  value,
}: {
  readonly moved: Moved;
  readonly from: number;
  readonly to: number;
  readonly value: number;
}) {
  const known = moved.values.filter((one): one is number => one !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const x = (share: number) => EDGE + share * (WIDTH - 2 * EDGE);
  const y = (at: number) => HEIGHT - EDGE - ((at - least) / (most - least || 1)) * (HEIGHT - 2 * EDGE);
  const last = moved.values.length - 1;
  const points = moved.values.flatMap((at, k) =>
    at === null ? [] : [`${formatPlace(x(k / last))},${formatPlace(y(at))}`],
  );
  const here = (value - from) / (to - from);
  const below = Math.min(last - 1, Math.floor(here * last));
  const [a, b] = [moved.values[below], moved.values[below + 1]];
  const between = here * last - below;
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
      <polyline points={points.join(' ')} fill="none" stroke="currentColor" />
      {typeof a === 'number' && typeof b === 'number' && (
        <circle
          className="here"
          cx={formatPlace(x(here))}
          cy={formatPlace(y(a + between * (b - a)))}
          r={EDGE}
        />
      )}
    </svg>
  );
}

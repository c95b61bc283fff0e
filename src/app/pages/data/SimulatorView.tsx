import { useState } from 'react';
import { CAUSAL_GRAPH } from '../../../data/simulate/graph';
import { KNOBS } from '../../../data/simulate/knobs';
import type { KnobName } from '../../../data/simulate/knobs';
import { SIZES } from '../../../data/simulate/spec';
import type { SizeName } from '../../../data/simulate/spec';
import { findTwin, SIMULATIONS, TWINS } from '../../../data/simulate/twins';
import { WORLDS } from '../../../data/simulate/worlds';
import { hyper } from '../../../models/settings';
import { SettingControl } from '../../controls/SettingControl';
import '../../controls/controls.css';
import { formatCount, trimNumber } from '../../format';
import { GraphDrawing } from '../../graph/GraphDrawing';
import { useRunActions } from '../../store/runActions';
import { ProgressLine } from '../../ProgressLine';
import { Segments } from '../../Segments';
import { useJob } from '../../hooks/useJob';
import { KnobGroups } from './KnobGroups';
import { WorldPreview } from './WorldPreview';

interface Props {
  readonly twin: string;
  readonly onDone: (dataset: string) => void;
}

const seedField = hyper.int({
  label: 'Seed',
  help: 'Another seed is another world of the same statistics.',
  default: 1,
  min: 0,
  max: 4_294_967_295,
});

/** Build a world: a twin's published statistics, and every effect with its knob on the causal graph it acts on. */
export function SimulatorView({ twin: opened, onDone }: Props) {
  const { client } = useRunActions();
  const [twinId, setTwinId] = useState(() =>
    SIMULATIONS.some((twin) => twin.id === opened) ? opened : TWINS[0]!.id,
  );
  const [size, setSize] = useState<SizeName>('small');
  const [seed, setSeed] = useState(1);
  const [turned, setTurned] = useState<Readonly<Partial<Record<KnobName, number>>>>({});
  const job = useJob();
  const twin = findTwin(twinId);
  const valueOf = (name: KnobName) => turned[name] ?? twin.knobs[name];
  const turnAll = (values: Readonly<Partial<Record<KnobName, number>>>) => {
    const all = { ...turned, ...values };
    const differing = KNOBS.flatMap(({ name }): [KnobName, number][] => {
      const value = all[name];
      return value === undefined || value === twin.knobs[name] ? [] : [[name, value]];
    });
    setTurned(Object.fromEntries(differing));
  };
  const turn = (name: KnobName, value: number) => turnAll({ [name]: value });
  /** Removes an edge by all its knobs, or brings back what the twin has of it; where it has nothing, half of the first knob. */
  const toggle = (knobs: readonly KnobName[]) => {
    const [first] = knobs;
    if (first === undefined) return;
    const there = knobs.some((name) => valueOf(name) !== 0);
    const own = knobs.map((name): [KnobName, number] => [name, there ? 0 : twin.knobs[name]]);
    const nothing = !there && own.every(([, value]) => value === 0);
    const half = (KNOBS.find(({ name }) => name === first)?.max ?? 1) / 2;
    turnAll({ ...Object.fromEntries(own), ...(nothing ? { [first]: half } : {}) });
  };
  const request = { twin: twinId, size, seed, knobs: turned };
  const changed = KNOBS.filter(({ name }) => turned[name] !== undefined);

  async function make(): Promise<void> {
    const summary = await job.run((onProgress, signal) => client.simulate(request, { onProgress, signal }));
    if (summary) onDone(summary.id);
  }

  return (
    <div className="simulator" data-testid="simulator">
      <header className="dataset-head">
        <div>
          <h2>Simulate a world</h2>
          <p className="muted">
            Shares and click rates stay the twin’s; each knob is one effect, and 0 removes it.
          </p>
        </div>
      </header>
      <div className="simulator-grid">
        <div className="simulator-knobs">
          <div className="picker">
            <label htmlFor="twin">Twin or cause world</label>
            <select
              id="twin"
              data-testid="twin-select"
              value={twinId}
              onChange={(event) => {
                setTwinId(event.target.value);
                setTurned({});
              }}
            >
              {[
                { label: 'Twins of published data', list: TWINS },
                { label: 'Cause worlds, one a paper', list: WORLDS },
              ].map(({ label, list }) => (
                <optgroup key={label} label={label}>
                  {list.map((one) => (
                    <option key={one.id} value={one.id}>
                      {one.title}
                    </option>
                  ))}
                </optgroup>
              ))}
            </select>
            <p className="picker-note">
              {twin.provenance}
              {twin.cause && ` ${twin.cause.sentence}`}
            </p>
          </div>
          <div className="setting preset">
            <span>Size</span>
            <Segments
              label="Size"
              value={size}
              options={SIZES.map((value) => ({ value, label: value }))}
              onChange={setSize}
            />
          </div>
          <p className="picker-note">
            {formatCount(twin.sizes[size].trainRows)} training rows, {formatCount(twin.sizes[size].users)}{' '}
            people, {formatCount(twin.sizes[size].items)} items
          </p>
          <SettingControl
            name="world-seed"
            testId="world-seed"
            field={seedField}
            value={seed}
            standard={1}
            onChange={(value) => typeof value === 'number' && setSeed(value)}
          />
          <KnobGroups
            request={request}
            knobValue={valueOf}
            twinValue={(name) => twin.knobs[name]}
            onChange={turn}
          />
        </div>
        <div className="simulator-graph">
          <WorldPreview request={request} changed={changed.length > 0} />
          <GraphDrawing
            label="Causal graph of the simulator"
            nodes={CAUSAL_GRAPH.nodes.map((node) => ({
              id: node.id,
              symbol: node.symbol,
              caption: node.label,
              hidden: node.kind === 'hidden',
              meaning:
                node.kind === 'hidden'
                  ? 'known to the simulator only'
                  : node.kind === 'outcome'
                    ? 'what is predicted'
                    : 'seen in the log',
              x: node.x,
              y: node.y,
            }))}
            edges={CAUSAL_GRAPH.edges.map((edge) => {
              const knobs = KNOBS.filter(({ name }) => edge.knobs.includes(name));
              return {
                from: edge.from,
                to: edge.to,
                meaning: edge.meaning,
                strength:
                  knobs.length > 0 ? Math.max(...knobs.map(({ name, max }) => valueOf(name) / max)) : 0.25,
                cut: knobs.length > 0 ? knobs.every(({ name }) => valueOf(name) === 0) : null,
                state:
                  knobs.map(({ name, label }) => `${label} ${trimNumber(valueOf(name))}`).join(', ') ||
                  undefined,
              };
            })}
            width={560}
            height={360}
            onToggle={({ from, to }) => {
              const edge = CAUSAL_GRAPH.edges.find((one) => one.from === from && one.to === to);
              if (edge) toggle(edge.knobs);
            }}
            note="Press a ringed edge to remove it or bring it back. Dashed circles are known to the simulator only, never to a model."
          />
          <p data-testid="world-changes">
            {changed.length === 0
              ? 'The world as the twin has it.'
              : `Changed: ${changed.map(({ name, label }) => `${label} ${trimNumber(twin.knobs[name])} → ${trimNumber(valueOf(name))}`).join(', ')}.`}
          </p>
          {job.progress ? (
            <ProgressLine progress={job.progress} secondsLeft={job.secondsLeft} onCancel={job.cancel} />
          ) : (
            <div className="catalogue-actions">
              <button
                type="button"
                className="button primary"
                data-testid="simulate"
                onClick={() => void make()}
              >
                Simulate
              </button>
              <button
                type="button"
                className="button"
                disabled={changed.length === 0}
                onClick={() => setTurned({})}
              >
                Reset knobs
              </button>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

import { useMemo, useState } from 'react';
import {
  layoutFromLabels,
  maskDensity,
  maskOverlap,
  randomOverlap,
} from '../../../../../models/papers/aread/masks';
import type { ProbeSpec } from '../../../../../models/definition';
import { HeatMap } from '../../../../charts/HeatMap';
import { scenarioColours } from '../../../../colour/scenario';
import { Figure } from '../../../../figure/Figure';
import { MAX_CELLS } from '../../../../figure/types';
import { formatNumber } from '../../../../format';
import type { RunView } from '../../../../live/runView';
import { Segments } from '../../../../Segments';
import { useTheme } from '../../../../state/theme';
import { FrameSlider } from '../FrameSlider';
import { MaskPairFigure } from './MaskPairFigure';
import { clusterOrder, rankCorrelation, reorder } from './order';

interface Props {
  readonly view: RunView;
  /** The probe `masks` `[N, E]`. */
  readonly spec: ProbeSpec;
}

const share = (value: number): string => value.toFixed(2);

/** AREAD's masks compared: which scenarios share expert paths, beside how related they truly are; and any two side by side. */
export function MaskFigures({ view, spec }: Props) {
  const theme = useTheme((state) => state.theme);
  const frames = view.film.frames(spec.name);
  const [step, setStep] = useState<number | null>(null);
  const [layer, setLayer] = useState('all');
  const [shown, setShown] = useState<'overlap' | 'truth'>('overlap');
  const [pair, setPair] = useState<readonly [number, number]>([0, 1]);
  const frame = (step === null ? frames.at(-1) : frames.findLast((one) => one.step <= step)) ?? null;
  const layout = useMemo(() => layoutFromLabels(spec.axes[1]?.labels ?? []), [spec]);
  const count = frame?.value.shape[0] ?? 0;
  const masks = frame?.value.values ?? null;
  const transition = layer === 'all' ? null : Number(layer);
  const whole = useMemo(() => (masks ? maskOverlap(layout, masks, null) : null), [layout, masks]);
  const overlap = useMemo(
    () => (masks && transition !== null ? maskOverlap(layout, masks, transition) : whole),
    [layout, masks, transition, whole],
  );
  const order = useMemo(() => (whole ? clusterOrder(whole, count) : []), [whole, count]);
  const truth = view.relatedness;
  const source = shown === 'truth' && truth ? truth : overlap;
  const ordered = useMemo(() => (source ? reorder(source, order) : null), [source, order]);
  const correlation = useMemo(
    () => (overlap && truth ? rankCorrelation(overlap, truth, count) : null),
    [overlap, truth, count],
  );
  const density = useMemo(() => (masks ? maskDensity(masks) : null), [masks]);
  const colours = useMemo(() => scenarioColours(view.scenarios, theme), [view.scenarios, theme]);
  const labels = useMemo(
    () =>
      order.map((s) => ({
        label: view.scenarios[s]?.name ?? String(s + 1),
        scenario: view.scenarios[s]?.id,
        colour: colours[s],
      })),
    [order, view.scenarios, colours],
  );
  const tableOf = (limit: number) => ({
    columns: ['scenario', ...labels.map(({ label }) => label)],
    rows: ordered
      ? labels.slice(0, limit).map(({ label }, r) => [label, ...ordered.subarray(r * count, (r + 1) * count)])
      : [],
    total: ordered ? count : 0,
  });
  const held = Math.max(1, Math.floor(MAX_CELLS / (count + 1)));
  // eslint-disable-next-line react-hooks/exhaustive-deps -- what tableOf reads
  const table = useMemo(() => tableOf(held), [labels, ordered, count]);
  const signed = shown === 'truth';
  return (
    <>
      <Figure
        name="mask-overlap"
        className="probe tall"
        title={shown === 'truth' ? 'How related the scenarios truly are' : 'Overlap of the scenarios’ masks'}
        reading={
          shown === 'truth'
            ? 'Cosine of the simulator’s interest weights, in the order of the masks’ clusters.'
            : `A cell is the share of edges that two scenarios’ masks have in common; two random masks this dense would share ${density === null ? 'an undefined part' : share(randomOverlap(density))}. Choose a cell to see both paths.`
        }
        equation={String.raw`\mathrm{OR}_{d,d'}=\frac{|M_d\cap M_{d'}|}{|M_d\cup M_{d'}|}\quad\text{(Mask Analysis)}`}
        table={table}
        exported={() => tableOf(count)}
        empty={
          !frame && (
            <p>Filled at the first evaluation of an AREAD run; masks differ after its first search.</p>
          )
        }
      >
        {frame && ordered && (
          <div className="probe-split">
            <FrameSlider frames={frames} step={frame.step} onChange={setStep} />
            <div className="c-controls">
              <label>
                Edges{' '}
                <select
                  value={layer}
                  data-testid="mask-layer"
                  onChange={(event) => setLayer(event.target.value)}
                >
                  <option value="all">of all layers</option>
                  {layout.transitions.map((_, t) => (
                    <option key={t} value={t}>
                      layer {t + 1} to {t + 2}
                    </option>
                  ))}
                </select>
              </label>
              {truth && (
                <Segments
                  label="Matrix"
                  options={[
                    { value: 'overlap', label: 'overlap' },
                    { value: 'truth', label: 'truth' },
                  ]}
                  value={shown}
                  onChange={setShown}
                />
              )}
              {truth && (
                <span data-testid="mask-correlation">
                  rank correlation with the truth{' '}
                  <b>{correlation === null ? 'undefined' : formatNumber(correlation)}</b>
                </span>
              )}
            </div>
            <div className="probe-heat">
              <HeatMap
                label="Mask overlap"
                rows={labels}
                columns={labels}
                rowTitle="scenario"
                columnTitle="other scenario"
                valueTitle={signed ? 'cosine' : 'overlap ratio'}
                data={{ rows: count, columns: count, values: ordered, defined: null }}
                scale={signed ? { kind: 'signed', min: -1, max: 1 } : { kind: 'sequential', min: 0, max: 1 }}
                format={share}
                square
                selected={{ row: order.indexOf(pair[0]), column: order.indexOf(pair[1]) }}
                onSelect={({ row, column }) => setPair([order[row] ?? 0, order[column] ?? 0])}
              />
            </div>
          </div>
        )}
      </Figure>
      <MaskPairFigure
        view={view}
        layout={layout}
        masks={masks}
        pair={pair}
        onPair={setPair}
        step={frame?.step ?? null}
      />
    </>
  );
}

import { useCallback, useMemo, useState } from 'react';
import { layoutFromLabels, maskDensity, randomOverlap } from '../../../models/papers/aread/maskReading';
import type { ProbeSpec } from '../../../models/definition';
import { HeatMap } from '../../charts/HeatMap';
import { scenarioColours } from '../../colour/scenario';
import { Figure } from '../../figure/Figure';
import { useStep } from '../../figure/stage';
import { MAX_CELLS } from '../../figure/types';
import { fixedDigits, formatPercent } from '../../format';
import { framesOf } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { useTheme } from '../../store/theme';
import { atFirstEvaluation, atFirstPruning } from '../awaited';
import { picture, probeNamed } from '../picture';
import { FrameSlider } from '../probe/FrameSlider';
import { useMatrixModes } from '../probe/MatrixModes';
import { readingIn } from '../probe/modes';
import type { MatrixBases } from '../probe/modes';
import { MaskPairFigure } from './MaskPairFigure';
import { SearchFigures } from './SearchFigures';
import { RelatednessFigure } from './RelatednessFigure';
import { useMaskPicture } from './useMaskPicture';

const NONE: readonly number[] = [];
const SCALE = { kind: 'sequential', min: 0, max: 1 } as const;

interface Props {
  readonly view: RunView;
  /** The probe `masks` `[N, E]`. */
  readonly spec: ProbeSpec;
}

const share = (value: number): string => fixedDigits(value, 2);

/** Which two scenarios' masks have most edges in common; null where all pairs are of one overlap. */
function mostAlike(
  ordered: Float32Array | null,
  labels: readonly { readonly label: string }[],
  density: number | null,
): string | null {
  const count = labels.length;
  if (!ordered || density === null || count < 2) return null;
  let [best, least] = [1, 1];
  for (let k = 1; k < ordered.length; k++) {
    if (k % count <= Math.floor(k / count)) continue;
    if (ordered[k]! > ordered[best]!) best = k;
    if (ordered[k]! < ordered[least]!) least = k;
  }
  if (ordered[best] === ordered[least]) return null;
  const [a, b] = [labels[Math.floor(best / count)]?.label, labels[best % count]?.label];
  return `${a} and ${b} share most: ${formatPercent(ordered[best])} of their edges, where two random masks would share ${formatPercent(randomOverlap(density))}.`;
}

/** AREAD's masks compared: which scenarios share expert paths, beside how related they truly are; and any two side by side. */
function MaskFigures({ view, spec }: Props) {
  const theme = useTheme((state) => state.theme);
  const frames = framesOf(view, spec.name);
  const [step, setStep] = useStep();
  const [layer, setLayer] = useState('all');
  const [pair, setPair] = useState<readonly [number, number]>([0, 1]);
  const frame = (step === null ? frames.at(-1) : frames.findLast((one) => one.step <= step)) ?? null;
  const layout = useMemo(() => layoutFromLabels(spec.axes[1]?.labels ?? []), [spec]);
  const count = frame?.value.shape[0] ?? 0;
  const masks = frame?.value.values ?? null;
  const transition = layer === 'all' ? null : Number(layer);
  const truth = view.relatedness;
  const picture = useMaskPicture(layout, masks, count, truth, transition);
  const ordered = picture?.ordered ?? null;
  const order = picture?.order ?? NONE;
  const correlation = picture?.correlation ?? null;
  const data = useMemo(
    () => (ordered ? { rows: count, columns: count, values: ordered, defined: null } : null),
    [ordered, count],
  );
  const density = useMemo(() => (masks ? maskDensity(masks) : null), [masks]);
  const bases = useMemo(
    (): MatrixBases => ({
      uniform: density === null ? undefined : randomOverlap(density),
      mean: true,
      givenDiagonal: true,
      names: { uniform: 'difference from random masks' },
    }),
    [density],
  );
  const { drawn, control } = useMatrixModes(data, SCALE, bases);
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
  const tableOf = useCallback(
    (limit: number) => ({
      columns: ['scenario', ...labels.map(({ label }) => label)],
      rows: ordered
        ? labels
            .slice(0, limit)
            .map(({ label }, r) => [label, ...ordered.subarray(r * count, (r + 1) * count)])
        : [],
      total: ordered ? count : 0,
    }),
    [labels, ordered, count],
  );
  const held = Math.max(1, Math.floor(MAX_CELLS / (count + 1)));
  const table = useMemo(() => tableOf(held), [tableOf, held]);
  const selected = { row: order.indexOf(pair[0]), column: order.indexOf(pair[1]) };
  const select = ({ row, column }: { readonly row: number; readonly column: number }) =>
    setPair([order[row] ?? 0, order[column] ?? 0]);
  return (
    <>
      <Figure
        name="mask-overlap"
        className="probe tall"
        title="Overlap of the scenarios’ masks"
        headline={density === 1 ? atFirstPruning(view) : mostAlike(ordered, labels, density)}
        controls={control}
        reading={readingIn(
          `A cell is the share of edges that two scenarios’ masks have in common; two random masks this dense would share ${density === null ? 'an undefined part' : share(randomOverlap(density))}. Choose a cell to see both paths.`,
          drawn,
        )}
        equation={String.raw`\mathrm{OR}_{d,d'}=\frac{|M_d\cap M_{d'}|}{|M_d\cup M_{d'}|}\quad\text{(Mask Analysis)}`}
        table={table}
        exported={() => tableOf(count)}
        empty={
          !frame && (
            <p>
              {atFirstEvaluation(view)} {atFirstPruning(view)}
            </p>
          )
        }
      >
        {frame && drawn && (
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
            </div>
            <div className="probe-heat">
              <HeatMap
                label="Mask overlap"
                rows={labels}
                columns={labels}
                rowTitle="scenario"
                columnTitle="other scenario"
                valueTitle={drawn.mode === 'value' ? 'overlap ratio' : drawn.nameOf(drawn.mode)}
                data={drawn.data}
                scale={drawn.scale}
                format={share}
                square
                selected={selected}
                onSelect={select}
              />
            </div>
          </div>
        )}
      </Figure>
      {truth && frame && (
        <RelatednessFigure
          truth={truth}
          order={order}
          labels={labels}
          correlation={correlation}
          of={layer === 'all' ? 'all layers' : `layer ${Number(layer) + 1} to ${Number(layer) + 2}`}
          selected={selected}
          onSelect={select}
        />
      )}
      <MaskPairFigure
        view={view}
        layout={layout}
        masks={masks}
        pair={pair}
        onPair={setPair}
        step={frame?.step ?? null}
      />
      <SearchFigures view={view} />
    </>
  );
}

export const masks = picture({
  id: 'masks',
  tab: 'masks',
  accepts: probeNamed('masks'),
  Component: MaskFigures,
});

import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { ProbeSpec } from '../../../models/definition';
import { niceDomain, stepDomain } from '../../charts/axis';
import { HeatMap } from '../../charts/HeatMap';
import { LineFrame } from '../../charts/LineFrame';
import type { LinePoint } from '../../charts/lineSpec';
import { scenarioColours } from '../../colour/scenario';
import { INK } from '../../colour/tokens';
import { Figure } from '../../figure/Figure';
import { useStep } from '../../figure/stage';
import { MAX_CELLS } from '../../figure/types';
import { fixedDigits, formatCount, formatNumber } from '../../format';
import { framesOf, probeAt } from '../../store/runView';
import type { ProbeFrame } from '../../../training/reduceRun';
import type { RunView } from '../../store/runView';
import { useTheme } from '../../store/theme';
import { atFirstEvaluation } from '../awaited';
import { MAX_LINES } from '../curves/curves';
import { axisLabels, axisName, leadingAxes, matrixOf, overTime, probeTable, scaleOf } from './probe';
import { FrameSlider } from './FrameSlider';
import { headlineOf, overTimeHeadline } from './headline';
import { useMatrixModes } from './MatrixModes';
import { basesOf, readingIn } from './modes';
import type { MatrixBases } from './modes';
import '../pictures.css';

interface Props {
  /** Hook name: `figure-<name>`. */
  readonly name: string;
  readonly view: RunView;
  readonly spec: ProbeSpec;
  /** Numbers computed from another probe's; left out: those of the run's own probe. */
  readonly frames?: readonly ProbeFrame[];
  readonly controls?: ReactNode;
  readonly onSelect?: (cell: { readonly row: number; readonly column: number }) => void;
  readonly selected?: { readonly row: number; readonly column: number } | null;
}

function format(value: number | null): string {
  if (value === null) return 'undefined';
  return Math.abs(value) < 10 ? fixedDigits(value, Math.abs(value) < 1 ? 3 : 2) : formatNumber(value);
}

/** The picture of any probe: curves over time for one axis, a heat map with a time slider for two, one a layer for three. */
export function ProbeFigure(props: Props) {
  const { view, spec } = props;
  const frames = props.frames ?? framesOf(view, spec.name);
  return spec.axes.length <= 1 ? (
    <OverTime {...props} frames={frames} />
  ) : (
    <Matrix {...props} frames={frames} />
  );
}

interface WithFrames extends Props {
  readonly frames: readonly ProbeFrame[];
}

const NO_BASES: MatrixBases = {};
const MEAN_BASE: MatrixBases = { mean: true };

function quantityOf({ quantity, scale }: ProbeSpec): string {
  return quantity ?? (scale === 'share' || scale === 'probability' ? scale : 'value');
}

/** What fills an empty picture: an evaluation, or a phase of the model's own training. */
function waiting(spec: ProbeSpec, view: RunView) {
  return spec.source === 'procedure' ? (
    <p>
      Filled when training first comes to it: a search or a refresh of this model’s own. A short run may end
      before.
    </p>
  ) : (
    <p>{atFirstEvaluation(view)}</p>
  );
}

function Matrix({ name, view, spec, frames, controls, onSelect, selected }: WithFrames) {
  const theme = useTheme((state) => state.theme);
  /** ProbeFrame chosen by its step; null follows the newest. */
  const [step, setStep] = useStep();
  const [slice, setSlice] = useState(0);
  const colours = useMemo(() => scenarioColours(view.scenarios, theme), [view.scenarios, theme]);
  const newest = frames.at(-1);
  const frame = (step === null ? newest : (frames.findLast((one) => one.step <= step) ?? frames[0])) ?? null;
  const lead = leadingAxes(spec);
  const [rowAxis, columnAxis] = [spec.axes.at(-2), spec.axes.at(-1)];
  const sliceCount = lead > 0 ? (frame?.value.shape[0] ?? 0) : 0;
  const chosen = Math.min(slice, Math.max(0, sliceCount - 1));
  const matrix = useMemo(() => (frame ? matrixOf(frame.value, [chosen]) : null), [frame, chosen]);
  // A view is new at every tick; names and numbers are not.
  const { scenarios, fields } = view;
  const rows = useMemo(
    () => axisLabels(rowAxis, matrix?.rows ?? 0, { scenarios, fields }, colours),
    [rowAxis, matrix?.rows, scenarios, fields, colours],
  );
  const columns = useMemo(
    () => axisLabels(columnAxis, matrix?.columns ?? 0, { scenarios, fields }, colours),
    [columnAxis, matrix?.columns, scenarios, fields, colours],
  );
  const scale = useMemo(() => scaleOf(spec, frames), [spec, frames]);
  const table = useMemo(() => {
    if (!matrix) return { columns: [axisName(rowAxis)], rows: [] };
    // At every frame only what the page can hold; the whole when a file is asked for.
    const held = rows.slice(0, Math.max(1, Math.floor(MAX_CELLS / (columns.length + 1))));
    return { ...probeTable(matrix, held, columns, axisName(rowAxis)), total: rows.length };
  }, [matrix, rows, columns, rowAxis]);
  const { relatedness } = view;
  const bases = useMemo(
    () => (matrix ? basesOf(spec, matrix, relatedness) : NO_BASES),
    [spec, matrix, relatedness],
  );
  const { drawn, control } = useMatrixModes(matrix, scale, bases);
  const square = rowAxis?.name === 'scenario' && columnAxis?.name === 'otherScenario';
  return (
    <Figure
      name={name}
      className="probe"
      title={spec.title}
      headline={matrix && headlineOf(spec, matrix, rows, columns)}
      reading={readingIn(spec.reading, drawn)}
      equation={spec.equation || null}
      table={table}
      exported={() => (matrix ? probeTable(matrix, rows, columns, axisName(rowAxis)) : table)}
      controls={
        <>
          {control}
          {controls}
        </>
      }
      empty={frame === null && waiting(spec, view)}
    >
      {drawn && frame && (
        <div className="probe-split">
          <FrameSlider frames={frames} step={frame.step} onChange={setStep} />
          {lead > 0 && (
            <label className="probe-slice">
              {axisName(spec.axes[0])}
              <select value={chosen} onChange={(event) => setSlice(Number(event.target.value))}>
                {axisLabels(spec.axes[0], sliceCount, view, colours).map(({ label }, k) => (
                  <option key={k} value={k}>
                    {label}
                  </option>
                ))}
              </select>
            </label>
          )}
          <div className="probe-heat">
            <HeatMap
              label={spec.title}
              rows={rows}
              columns={columns}
              rowTitle={axisName(rowAxis)}
              columnTitle={axisName(columnAxis)}
              valueTitle={drawn.mode === 'value' ? quantityOf(spec) : drawn.nameOf(drawn.mode)}
              data={drawn.data}
              scale={drawn.scale}
              format={format}
              square={square}
              onSelect={onSelect}
              selected={selected}
            />
          </div>
        </div>
      )}
    </Figure>
  );
}

function OverTime({ name, view, spec, frames, controls }: WithFrames) {
  const theme = useTheme((state) => state.theme);
  const axis = spec.axes[0];
  const length = frames.at(-1)?.value.values.length ?? 0;
  const colours = useMemo(() => scenarioColours(view.scenarios, theme), [view.scenarios, theme]);
  const { scenarios, fields } = view;
  const labels = useMemo(
    () => axisLabels(axis, length, { scenarios, fields }, colours),
    [axis, length, scenarios, fields, colours],
  );
  const rows = useMemo(() => overTime(frames, length), [frames, length]);
  const scale = useMemo(() => scaleOf(spec, frames), [spec, frames]);
  const lines = labels.slice(0, MAX_LINES).map(({ label, colour, scenario }, k) => ({
    key: `v${k}`,
    label: length === 1 ? '' : label,
    colour: colour ?? INK,
    scenario,
    dash: colour ? undefined : [undefined, '6 3', '2 3', '8 3 2 3', '4 2', '1 3'][k],
  }));
  const points = useMemo(
    () =>
      rows.map(([x, ...values]): LinePoint => ({
        ...Object.fromEntries(values.slice(0, MAX_LINES).map((value, k) => [`v${k}`, value])),
        x: x ?? 0,
      })),
    [rows],
  );
  const table = useMemo(
    () => ({ columns: ['step', ...labels.map(({ label }) => label)], rows }),
    [labels, rows],
  );
  const many = length > MAX_LINES;
  const heat = useMemo(() => {
    if (!many) return null;
    const values = new Float32Array(length * frames.length);
    const defined = new Uint8Array(length * frames.length);
    frames.forEach((frame, c) => {
      for (let r = 0; r < length; r++) {
        const value = probeAt(frame.value, r);
        if (value === null) continue;
        values[r * frames.length + c] = value;
        defined[r * frames.length + c] = 1;
      }
    });
    return { rows: length, columns: frames.length, values, defined };
  }, [many, length, frames]);
  const { drawn, control } = useMatrixModes(heat, scale, MEAN_BASE);
  return (
    <Figure
      name={name}
      className="probe"
      title={spec.title}
      headline={overTimeHeadline(spec, rows, labels)}
      reading={readingIn(spec.reading, drawn)}
      equation={spec.equation || null}
      table={table}
      controls={
        <>
          {control}
          {controls}
        </>
      }
      empty={frames.length === 0 && waiting(spec, view)}
    >
      {drawn ? (
        <HeatMap
          label={spec.title}
          rows={labels}
          columns={frames.map((frame) => ({ label: formatCount(frame.step) }))}
          rowTitle={axisName(axis)}
          columnTitle="step"
          valueTitle={drawn.mode === 'value' ? quantityOf(spec) : drawn.nameOf(drawn.mode)}
          data={drawn.data}
          scale={drawn.scale}
          format={format}
        />
      ) : (
        <LineFrame
          label={spec.title}
          lines={lines}
          points={points}
          x={stepDomain(view.steps, 4)}
          y={
            spec.scale === 'signed'
              ? niceDomain({ min: scale.min, max: scale.max })
              : niceDomain({ min: Math.min(0, scale.min), max: scale.max })
          }
          formatY={format}
          xLabel="step"
        />
      )}
    </Figure>
  );
}

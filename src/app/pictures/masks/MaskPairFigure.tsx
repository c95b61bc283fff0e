import { edgeLabels } from '../../../models/papers/aread/maskReading';
import type { MaskLayout } from '../../../models/papers/aread/maskReading';
import { scenarioColours } from '../../colour/scenario';
import { INK } from '../../colour/tokens';
import { Figure } from '../../figure/Figure';
import { framesOf, probeAt } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { useTheme } from '../../store/theme';
import { atFirstEvaluation } from '../awaited';
import './masks.css';
import { fixedDigits } from '../../format';

interface Props {
  readonly view: RunView;
  readonly layout: MaskLayout;
  /** All scenarios' masks `[N * E]`, or null before the first evaluation. */
  readonly masks: Float32Array | null;
  readonly pair: readonly [number, number];
  readonly onPair: (pair: readonly [number, number]) => void;
  /** Step of the masks on show; gates of the same step are drawn as widths. */
  readonly step: number | null;
}

const WIDTH = 340;
const HEIGHT = 220;
/** Each network's own width; the rest parts them. */
const HALF = 162;
const MARGIN = 12;
/** Room for the scenarios' names. */
const HEAD = 16;

/** Places experts: layers from bottom to top, experts of a layer evenly across the left or the right half. */
function place(layout: MaskLayout, side: 0 | 1, layer: number, expert: number): { x: number; y: number } {
  const count = layout.experts[layer]!;
  const rise = (HEIGHT - HEAD - 2 * MARGIN) / (layout.experts.length - 1);
  return {
    x: side * (WIDTH - HALF) + ((expert + 0.5) / count) * HALF,
    y: HEIGHT - MARGIN - layer * rise,
  };
}

/** Overlap ratio of two scenarios' masks, of all layers and then layer by layer; null where neither keeps an edge. */
function overlapRatios(
  layout: MaskLayout,
  keptA: (edge: number) => boolean,
  keptB: (edge: number) => boolean,
): readonly (number | null)[] {
  const ratio = (from: number, to: number): number | null => {
    let [both, either] = [0, 0];
    for (let edge = from; edge < to; edge++) {
      const [a, b] = [keptA(edge), keptB(edge)];
      if (a && b) both++;
      if (a || b) either++;
    }
    return either === 0 ? null : both / either;
  };
  return [
    ratio(0, layout.edges),
    ...layout.transitions.map(({ rows, columns, offset }) => ratio(offset, offset + rows * columns)),
  ];
}

const SIDES = [0, 1] as const;

const said = (ratio: number | null): string => fixedDigits(ratio, 3);

/** The expert paths of two scenarios side by side (the paper's Figure 8): shared edges, and each one's own. */
export function MaskPairFigure({ view, layout, masks, pair, onPair, step }: Props) {
  const theme = useTheme((state) => state.theme);
  const colours = scenarioColours(view.scenarios, theme);
  const gates =
    framesOf(view, 'edgeGates').findLast((frame) => step === null || frame.step <= step)?.value ?? null;
  const name = (s: number) => view.scenarios[s]?.name ?? String(s + 1);
  const gate = (s: number, edge: number) => (gates ? probeAt(gates, s * layout.edges + edge) : null);
  const kept = (s: number, edge: number) => masks?.[s * layout.edges + edge] === 1;
  const labels = edgeLabels(layout);
  const ratios = overlapRatios(
    layout,
    (edge) => kept(pair[0], edge),
    (edge) => kept(pair[1], edge),
  );
  const choose = (which: 0 | 1) => (
    <select
      aria-label={which === 0 ? 'First scenario' : 'Second scenario'}
      value={pair[which]}
      onChange={(event) => {
        const s = Number(event.target.value);
        onPair(which === 0 ? [s, pair[1]] : [pair[0], s]);
      }}
    >
      {view.scenarios.map((scenario, s) => (
        <option key={scenario.id} value={s}>
          {scenario.name}
        </option>
      ))}
    </select>
  );
  return (
    <Figure
      name="mask-pair"
      className="probe"
      title={`Expert paths of ${name(pair[0])} and ${name(pair[1])}`}
      reading="Each scenario’s experts by layer, the first at the bottom; edges of the ink’s colour are in both masks, coloured ones in that scenario’s alone, and wider edges carry more of its gate weight."
      equation={String.raw`G_{l,n}[i]=\frac{M[i,n]\,g_{l,n}[i]}{\sum_{i'}M[i',n]\,g_{l,n}[i']}\quad\text{(Eq 4)}`}
      table={{
        columns: [
          'edge',
          `${name(pair[0])} keeps`,
          `${name(pair[1])} keeps`,
          `${name(pair[0])} gate`,
          `${name(pair[1])} gate`,
        ],
        rows: masks
          ? labels.map((label, e) => [
              label,
              Number(kept(pair[0], e)),
              Number(kept(pair[1], e)),
              gate(pair[0], e),
              gate(pair[1], e),
            ])
          : [],
      }}
      controls={
        <span className="mask-pair-choice">
          {choose(0)} {choose(1)}
        </span>
      }
      empty={!masks && <p>{atFirstEvaluation(view)}</p>}
    >
      {masks && (
        <div className="probe-split">
          <p className="c-controls" data-testid="mask-pair-overlap">
            overlap ratio {said(ratios[0]!)};{' '}
            {ratios
              .slice(1)
              .map((ratio, t) => `layer ${t + 1} to ${t + 2} ${said(ratio)}`)
              .join(', ')}
          </p>
          <div className="probe-heat">
            <svg
              className="mask-pair"
              viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
              role="img"
              aria-label={`Expert paths of ${name(pair[0])} and ${name(pair[1])}`}
            >
              {SIDES.map((side) => {
                const [own, other] = [pair[side], pair[1 - side]!];
                return (
                  <g key={side}>
                    <text
                      x={side * (WIDTH - HALF) + HALF / 2}
                      y={11}
                      textAnchor="middle"
                      fontSize={10}
                      fill={colours[own]}
                    >
                      {name(own)}
                    </text>
                    {layout.transitions.flatMap(({ rows, columns, offset }, t) =>
                      Array.from({ length: rows * columns }, (_, k) => {
                        const edge = offset + k;
                        if (!kept(own, edge)) return null;
                        const shared = kept(other, edge);
                        const from = place(layout, side, t, Math.floor(k / columns));
                        const to = place(layout, side, t + 1, k % columns);
                        const weight = gate(own, edge);
                        return (
                          <line
                            key={edge}
                            x1={from.x}
                            y1={from.y}
                            x2={to.x}
                            y2={to.y}
                            stroke={shared ? INK : colours[own]}
                            strokeWidth={0.6 + 3 * (weight ?? 0.3)}
                            strokeOpacity={0.75}
                          >
                            <title>
                              {`${labels[edge]}, ${shared ? 'in both masks' : `in the mask of ${name(own)} alone`}${weight === null ? '' : `: gate ${fixedDigits(weight, 3)}`}`}
                            </title>
                          </line>
                        );
                      }),
                    )}
                    {layout.experts.flatMap((count, layer) =>
                      Array.from({ length: count }, (_, expert) => {
                        const at = place(layout, side, layer, expert);
                        return (
                          <circle
                            key={`${layer}.${expert}`}
                            cx={at.x}
                            cy={at.y}
                            r={3.6}
                            className="mask-expert"
                          />
                        );
                      }),
                    )}
                  </g>
                );
              })}
            </svg>
          </div>
        </div>
      )}
    </Figure>
  );
}

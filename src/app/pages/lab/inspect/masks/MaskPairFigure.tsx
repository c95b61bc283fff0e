import { edgeLabels } from '../../../../../models/papers/aread/masks';
import type { MaskLayout } from '../../../../../models/papers/aread/masks';
import { scenarioColours } from '../../../../colour/scenario';
import { Figure } from '../../../../figure/Figure';
import { probeAt } from '../../../../live/film';
import type { RunView } from '../../../../live/runView';
import { useTheme } from '../../../../state/theme';
import './masks.css';

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

const WIDTH = 320;
const HEIGHT = 220;
const MARGIN = 14;

/** Places experts: layers from bottom to top, experts of a layer evenly across. */
function place(layout: MaskLayout, layer: number, expert: number): { x: number; y: number } {
  const count = layout.experts[layer]!;
  const rise = (HEIGHT - 2 * MARGIN) / (layout.experts.length - 1);
  return { x: ((expert + 0.5) / count) * WIDTH, y: HEIGHT - MARGIN - layer * rise };
}

/** The expert paths of two scenarios side by side (the paper's Figure 8): shared edges, and each one's own. */
export function MaskPairFigure({ view, layout, masks, pair, onPair, step }: Props) {
  const theme = useTheme((state) => state.theme);
  const colours = scenarioColours(view.scenarios, theme);
  const gates =
    view.film.frames('edgeGates').findLast((frame) => step === null || frame.step <= step)?.value ?? null;
  const name = (s: number) => view.scenarios[s]?.name ?? String(s + 1);
  const gate = (s: number, edge: number) => (gates ? probeAt(gates, s * layout.edges + edge) : null);
  const kept = (s: number, edge: number) => masks?.[s * layout.edges + edge] === 1;
  const ink = theme === 'dark' ? '#e9ebee' : '#14171b';
  const labels = edgeLabels(layout);
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
      reading="Experts by layer, the first at the bottom; black edges are in both masks, coloured ones in one, and wider edges carry more gate weight."
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
      empty={!masks && <p>Filled at the first evaluation of an AREAD run.</p>}
    >
      {masks && (
        <svg
          className="mask-pair"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={`Expert paths of ${name(pair[0])} and ${name(pair[1])}`}
        >
          {layout.transitions.flatMap(({ rows, columns, offset }, t) =>
            Array.from({ length: rows * columns }, (_, k) => {
              const edge = offset + k;
              const [a, b] = [kept(pair[0], edge), kept(pair[1], edge)];
              if (!a && !b) return null;
              const from = place(layout, t, Math.floor(k / columns));
              const to = place(layout, t + 1, k % columns);
              const weight = Math.max(
                a ? (gate(pair[0], edge) ?? 0.3) : 0,
                b ? (gate(pair[1], edge) ?? 0.3) : 0,
              );
              return (
                <line
                  key={edge}
                  x1={from.x}
                  y1={from.y}
                  x2={to.x}
                  y2={to.y}
                  stroke={a && b ? ink : colours[a ? pair[0] : pair[1]]}
                  strokeWidth={0.6 + 3 * weight}
                  strokeOpacity={0.75}
                >
                  <title>
                    {labels[edge]}: {a && b ? 'both' : name(a ? pair[0] : pair[1])}
                  </title>
                </line>
              );
            }),
          )}
          {layout.experts.flatMap((count, layer) =>
            Array.from({ length: count }, (_, expert) => {
              const at = place(layout, layer, expert);
              return <circle key={`${layer}.${expert}`} cx={at.x} cy={at.y} r={5} className="mask-expert" />;
            }),
          )}
        </svg>
      )}
    </Figure>
  );
}

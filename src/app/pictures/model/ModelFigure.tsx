import { useContext, useMemo } from 'react';
import type { WorkerClient } from '../../../workers/client';
import type { GraphPart, ModelGraph } from '../../../training/modelGraph/types';
import { findModel } from '../../../models/registry';
import { useSize } from '../../charts/useSize';
import { Figure } from '../../figure/Figure';
import { EnlargedContext } from '../../figure/stage';
import { fixedDigits } from '../../format';
import { framesOf, probeAt } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { useSetup } from '../../store/setup';
import { picture } from '../picture';
import { fills, tabOf } from '../tabs';
import { useAsked } from '../useAsked';
import { describePart, fitText, modelHeadline } from './describe';
import { BOX_HEIGHT, fitModel, pathOf } from './layout';
import './model.css';

const askGraph = (client: WorkerClient) => client.modelGraph();

/** What stands in a box, line by line: where, and how wide a letter is at most. */
const LINES = [
  { of: 'title', className: 'model-name', letter: 7.2 },
  { of: 'shape', className: 'model-numbers', letter: 5.6 },
  { of: 'numbers', className: 'model-numbers', letter: 5.6 },
] as const;
/** Heights of so many lines in a box. */
const HEIGHTS = [[], [31], [24, 39], [18, 33, 46]] as const;
/** Bars of mean gates under a part. */
const BARS = { height: 14, width: 5, gap: 2, most: 16 } as const;

/** Tabs that show what is inside a part, by the words of its name. */
const TABS: readonly (readonly [RegExp, string])[] = [
  [/gate|expert|balance|fusion/i, 'gates'],
  [/attention|encoder|transformer/i, 'attention'],
  [/adapter|hyper/i, 'adapters'],
  [/hei|prune/i, 'masks'],
  [/transfer|extractor|shared|bottom|mlp|embedding/i, 'representation'],
  [/tower|output|head|match|predictor|own/i, 'whatif'],
];

/**
 * Mean gate of each copy of a part over the scenarios, weighted by their traffic, as the newest frame of a gate probe with
 * as many experts says it; null where no probe does.
 */
function meanGates(view: RunView, copies: number): readonly number[] | null {
  if (copies < 2) return null;
  for (const spec of view.probeSpecs) {
    const value = framesOf(view, spec.name).at(-1)?.value;
    const [rows, columns] = value?.shape ?? [];
    if (spec.scale !== 'share' || spec.axes.length !== 2 || spec.axes[1]?.name !== 'expert') continue;
    if (!value || columns !== copies || rows !== view.scenarios.length) continue;
    const sums = Array.from({ length: columns }, () => 0);
    let weight = 0;
    for (let s = 0; s < rows; s++) {
      const own = Array.from({ length: columns }, (_, c) => probeAt(value, s * columns + c));
      if (own.some((one) => one === null)) continue;
      weight += view.scenarios[s]?.share ?? 0;
      own.forEach((one, c) => (sums[c] = (sums[c] ?? 0) + (one ?? 0) * (view.scenarios[s]?.share ?? 0)));
    }
    return weight > 0 ? sums.map((sum) => sum / weight) : null;
  }
  return null;
}

/** Mean gates by the part that they weigh: no probe says which part it weighs, so they are drawn where only one can be meant. */
function gatesByPart(view: RunView, weighed: readonly (readonly [string, number])[]) {
  const found = weighed.flatMap(([id, copies]) => {
    const means = meanGates(view, copies);
    return means ? [[id, means] as const] : [];
  });
  return new Map(found.length === 1 ? found : []);
}

function ModelFigure({ view }: { readonly view: RunView }) {
  const { answer: graph, problem, blocked, busy } = useAsked(view, askGraph);
  const model = findModel(view.setup.model);
  const parts = useMemo(
    () => new Map(graph?.parts.map((part) => [part.id, { part, text: describePart(part, graph) }])),
    [graph],
  );
  const gates = gatesByPart(
    view,
    [...new Set(graph?.weighed.map(({ of }) => of))].map((id) => [id, parts.get(id)?.text.copies ?? 1]),
  );
  const tabFor = ({ kind, id }: GraphPart): string | null => {
    const tab = kind === 'part' ? TABS.find(([words]) => words.test(id))?.[1] : undefined;
    return tab !== undefined && fills(model, tab) ? tab : null;
  };
  return (
    <Figure
      name="model"
      className="model-figure"
      title={`${model.title}, drawn from what it computes`}
      headline={graph && modelHeadline(graph)}
      reading="Top down. An arrow: a value computed there enters here and passes no other part on the way; where no way leads, nothing depends. Dashed: it only ever weighs something else, with its mean gates as bars. Dotted: in training alone. “By scenario”: the row's scenario chooses the weights. Press a part to see its picture."
      table={{
        columns: ['part', 'kind', 'shape', 'parameters', 'enters', 'mean gates'],
        rows: [...parts.values()].map(({ part, text }) => [
          part.kind === 'fields' ? part.fields.join(', ') : part.id,
          part.kind,
          part.kind === 'fields' ? 'embeddings' : text.shape,
          part.parameters,
          graph?.arrows.flatMap(({ from, to }) => (from === part.id ? [to] : [])).join(', ') ?? '',
          (gates.get(part.id) ?? []).map((gate) => fixedDigits(gate, 3)).join(' · '),
        ]),
      }}
      empty={
        graph === null && <p>{problem ?? blocked ?? (busy ? 'Asking the model.' : 'Train a run first.')}</p>
      }
    >
      {graph && <Drawing title={model.title} graph={graph} parts={parts} gates={gates} tabFor={tabFor} />}
    </Figure>
  );
}

interface DrawingProps {
  readonly title: string;
  readonly graph: ModelGraph;
  readonly parts: ReadonlyMap<
    string,
    { readonly part: GraphPart; readonly text: ReturnType<typeof describePart> }
  >;
  readonly gates: ReadonlyMap<string, readonly number[]>;
  readonly tabFor: (part: GraphPart) => string | null;
}

function Drawing({ title, graph, parts, gates, tabFor }: DrawingProps) {
  const set = useSetup((state) => state.set);
  const enlarged = useContext(EnlargedContext);
  const [ref, { width, height }] = useSize<HTMLDivElement>();
  const drawn = useMemo(
    () => fitModel(graph, width, enlarged ? height : null),
    [graph, width, height, enlarged],
  );
  const arrowOf = (from: string, to: string) =>
    graph.arrows.find((arrow) => arrow.from === from && arrow.to === to);
  return (
    <div className="model-drawing" ref={ref}>
      {width > 0 && (
        <svg
          width={drawn.width * drawn.scale}
          height={drawn.height * drawn.scale}
          viewBox={`0 0 ${drawn.width} ${drawn.height}`}
          role="group"
          aria-label={`Parts of ${title}`}
        >
          <defs>
            <marker
              id="model-arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path d="M0,0 L8,4 L0,8 z" />
            </marker>
          </defs>
          {drawn.routes.map((route) => {
            const arrow = arrowOf(route.from, route.to);
            return (
              <path
                key={`${route.from} ${route.to}`}
                className={`model-arrow${arrow?.gate ? ' gate' : ''}${arrow?.training ? ' training' : ''}`}
                data-from={route.from}
                data-to={route.to}
                d={pathOf(route)}
                markerEnd="url(#model-arrow)"
              />
            );
          })}
          {drawn.boxes.map(({ id, x, y, width: room }) => {
            const known = parts.get(id);
            if (!known) return null;
            const { part, text } = known;
            const tab = tabFor(part);
            const own = gates.get(id)?.slice(0, BARS.most);
            const under = [text.shape, text.numbers].filter((one) => one !== '').join(' · ');
            const open = tab === null ? null : () => set({ tab });
            const says = open
              ? `${text.title}: ${under}; opens ${tabOf(tab ?? '').label}`
              : `${text.title}: ${under}`;
            return (
              <g
                key={id}
                className={`model-part ${part.kind.replace(' ', '-')}${open ? ' open' : ''}`}
                {...(open && {
                  role: 'button',
                  tabIndex: 0,
                  'aria-label': says,
                  onClick: open,
                  onKeyDown: (event: { readonly key: string; preventDefault(): void }) => {
                    if (event.key !== 'Enter' && event.key !== ' ') return;
                    event.preventDefault();
                    open();
                  },
                })}
              >
                <title>{part.kind === 'fields' ? part.fields.join(', ') : says}</title>
                <rect x={x} y={y} width={room} height={BOX_HEIGHT} rx={5} />
                {LINES.filter(({ of }) => text[of] !== '').map(({ of, className, letter }, k, lines) => {
                  const line = fitText(text[of], room - 8, letter);
                  return (
                    <text
                      key={of}
                      className={className}
                      x={x + room / 2}
                      y={y + (HEIGHTS[lines.length]?.[k] ?? 0)}
                      textAnchor="middle"
                      {...(line.squeezed && { textLength: room - 8, lengthAdjust: 'spacingAndGlyphs' })}
                    >
                      {line.text}
                    </text>
                  );
                })}
                {own && (
                  <g className="model-gates" aria-hidden="true">
                    {/* Arrows pass behind the bars. */}
                    <rect
                      className="model-gates-ground"
                      x={x + 5}
                      y={y + BOX_HEIGHT + 2}
                      width={own.length * (BARS.width + BARS.gap) + 4}
                      height={BARS.height + 4}
                    />
                    {own.map((gate, k) => {
                      const height = Math.max(1, (BARS.height * gate) / Math.max(...own, 1e-9));
                      const left = x + 8;
                      return (
                        <rect
                          key={k}
                          className="model-gate"
                          x={left + k * (BARS.width + BARS.gap)}
                          y={y + BOX_HEIGHT + 4 + BARS.height - height}
                          width={BARS.width}
                          height={height}
                        />
                      );
                    })}
                  </g>
                )}
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}

export const modelDrawing = picture({
  id: 'model',
  tab: 'model',
  accepts: (probes) => (probes.length > 0 ? {} : null),
  Component: ModelFigure,
});

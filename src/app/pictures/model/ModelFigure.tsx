import { useMemo } from 'react';
import type { WorkerClient } from '../../../workers/client';
import { findModel } from '../../../models/registry';
import { Figure } from '../../figure/Figure';
import { fixedDigits, formatCount, formatPercent } from '../../format';
import { framesOf, probeAt } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { useSetup } from '../../store/setup';
import { picture } from '../picture';
import { fills, tabOf } from '../tabs';
import { useAsked } from '../useAsked';
import { EMBEDDING, modelParts } from './parts';
import type { ModelParts, Part } from './parts';
import './model.css';

const askVariables = (client: WorkerClient) => client.modelVariables();

const WIDTH = 400;
const ROW = 74;
const BOX = 44;
const GAP = 10;
/** Parts side by side whose names can still be read. */
const MOST_BESIDE = 4;

/** Tabs that show what is inside a part, by the words of its name. */
const TABS: readonly (readonly [RegExp, string])[] = [
  [/gate|expert|balance|fusion/i, 'gates'],
  [/attention|encoder|transformer/i, 'attention'],
  [/adapter|hyper/i, 'adapters'],
  [/hei|prune/i, 'masks'],
  [/transfer|extractor|shared|bottom|mlp|embedding/i, 'representation'],
  [/tower|output|head|match|predictor|own/i, 'whatif'],
];

interface Box {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Where each part stands: a row a level, parts of one level side by side. */
function placed({ parts }: ModelParts): {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly height: number;
} {
  const levels = [...new Set(parts.map(({ level }) => level))].sort((a, b) => a - b);
  const parted = [
    [EMBEDDING],
    ...levels.map((level) => parts.filter((part) => part.level === level).map(({ id }) => id)),
  ];
  const rows = parted.flatMap((row) =>
    Array.from({ length: Math.ceil(row.length / MOST_BESIDE) }, (_, r) => {
      const each = Math.ceil(row.length / Math.ceil(row.length / MOST_BESIDE));
      return row.slice(r * each, (r + 1) * each);
    }),
  );
  const boxes = new Map<string, Box>();
  rows.forEach((row, r) => {
    const width = Math.min(190, (WIDTH - GAP * (row.length - 1)) / row.length);
    const left = (WIDTH - width * row.length - GAP * (row.length - 1)) / 2;
    row.forEach((id, k) => boxes.set(id, { id, x: left + k * (width + GAP), y: 4 + r * ROW, width }));
  });
  return { boxes, height: 8 + (rows.length - 1) * ROW + BOX };
}

/**
 * Mean gate of each copy of a part over the scenarios, weighted by their traffic, as the newest frame of a gate probe with
 * as many experts says it; null where no probe does.
 */
function meanGates(view: RunView, part: Part): readonly number[] | null {
  if (part.copies < 2) return null;
  for (const spec of view.probeSpecs) {
    const value = framesOf(view, spec.name).at(-1)?.value;
    const [rows, columns] = value?.shape ?? [];
    if (spec.scale !== 'share' || spec.axes.length !== 2 || spec.axes[1]?.name !== 'expert') continue;
    if (!value || columns !== part.copies || rows !== view.scenarios.length) continue;
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

const shapeText = ({ copies, input, output }: Part): string =>
  `${copies > 1 ? `${copies} × ` : ''}${input === null ? '' : `${input} → ${output}`}`;

function ModelFigure({ view }: { readonly view: RunView }) {
  const { answer, problem, blocked, busy } = useAsked(view, askVariables);
  const set = useSetup((state) => state.set);
  const model = findModel(view.setup.model);
  const parts = useMemo(
    () => answer && modelParts(answer.variables, answer.table, view.fields.length),
    [answer, view.fields.length],
  );
  const drawn = parts && placed(parts);
  const shown = new Map(parts?.parts.map((part) => [part.id, part]));
  // The gate probe does not say which part it weighs: it is drawn where only one can be meant.
  const weighed = parts?.parts.filter(({ id }) =>
    parts.arrows.some(({ to, kind }) => kind === 'gate' && to === id),
  );
  const gated = weighed?.flatMap((part) => {
    const means = meanGates(view, part);
    return means ? [[part.id, means] as const] : [];
  });
  const gates = new Map(gated?.length === 1 ? gated : []);
  const total = parts
    ? parts.embedding.parameters + parts.parts.reduce((sum, part) => sum + part.parameters, 0)
    : 0;
  const share = parts && total > 0 ? parts.embedding.parameters / total : 0;
  const tabFor = (id: string): string | null => {
    const tab = TABS.find(([words]) => words.test(id))?.[1];
    return tab !== undefined && fills(model, tab) ? tab : null;
  };
  return (
    <Figure
      name="model"
      className="model-figure"
      title={`${model.title}, drawn from its own variables`}
      headline={
        parts &&
        `${formatCount(total)} parameters, ${formatPercent(share)} of them in the embeddings of ${view.fields.length} fields.`
      }
      reading="Top down: what enters what, with widths. Arrows join parts whose widths fit; a dashed one weighs the copies of a part, with its mean gate. What is pooled or concatenated on the way has none. Press a part to see its picture."
      table={{
        columns: ['part', 'copies', 'in', 'out', 'parameters', 'mean gates'],
        rows: parts
          ? [
              ['embedding', 1, parts.embedding.rows, parts.embedding.dim, parts.embedding.parameters, ''],
              ...parts.parts.map((part) => [
                part.id,
                part.copies,
                part.input,
                part.output,
                part.parameters,
                (gates.get(part.id) ?? []).map((gate) => fixedDigits(gate, 3)).join(' · '),
              ]),
            ]
          : [],
      }}
      empty={
        parts === null && <p>{problem ?? blocked ?? (busy ? 'Asking the model.' : 'Train a run first.')}</p>
      }
    >
      {parts && drawn && (
        <svg
          className="model-drawing"
          viewBox={`0 0 ${WIDTH} ${drawn.height}`}
          role="group"
          aria-label={`Parts of ${model.title}`}
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
          {parts.arrows.map(({ from, to, kind, width }) => {
            const [a, b] = [drawn.boxes.get(from), drawn.boxes.get(to)];
            if (!a || !b) return null;
            const beside = a.y === b.y;
            const right = a.x < b.x;
            const start = beside
              ? { x: right ? a.x + a.width : a.x, y: a.y + BOX / 2 }
              : { x: a.x + a.width / 2, y: a.y < b.y ? a.y + BOX : a.y };
            const end = beside
              ? { x: right ? b.x : b.x + b.width, y: b.y + BOX / 2 }
              : { x: b.x + b.width / 2, y: a.y < b.y ? b.y : b.y + BOX };
            return (
              <g key={`${from} ${to} ${kind}`} className={`model-arrow ${kind}`}>
                <line x1={start.x} y1={start.y} x2={end.x} y2={end.y} markerEnd="url(#model-arrow)" />
                {kind === 'flow' && width !== null && (
                  <text x={(start.x + end.x) / 2 + 4} y={(start.y + end.y) / 2 + 3}>
                    {width}
                  </text>
                )}
              </g>
            );
          })}
          {[...drawn.boxes.values()].map(({ id, x, y, width }) => {
            const part = shown.get(id);
            const tab = tabFor(id);
            const own = gates.get(id);
            const under = part
              ? `${shapeText(part)} · ${formatCount(part.parameters)}`
              : `${view.fields.length} fields · ${formatCount(parts.embedding.parameters)}`;
            const open = tab === null ? null : () => set({ tab });
            return (
              <g
                key={id}
                className={open ? 'model-part open' : 'model-part'}
                {...(open && {
                  role: 'button',
                  tabIndex: 0,
                  'aria-label': `${id}: ${under}; opens ${tabOf(tab ?? '').label}`,
                  onClick: open,
                  onKeyDown: (event: { readonly key: string; preventDefault(): void }) => {
                    if (event.key !== 'Enter' && event.key !== ' ') return;
                    event.preventDefault();
                    open();
                  },
                })}
              >
                <title>{open ? `${id}: opens ${tabOf(tab ?? '').label}` : id}</title>
                <rect x={x} y={y} width={width} height={BOX} rx={5} />
                <text x={x + width / 2} y={y + 16} textAnchor="middle" className="model-name">
                  {fitted(id, width, 7.4)}
                </text>
                <text x={x + width / 2} y={y + 30} textAnchor="middle" className="model-numbers">
                  {fitted(under, width, 5.6)}
                </text>
                {own?.map((gate, k) => (
                  <rect
                    key={k}
                    className="model-gate"
                    x={x + 6 + ((width - 12) / own.length) * k}
                    y={y + BOX - 8}
                    width={Math.max(
                      1,
                      ((width - 12) / own.length - 2) * gate * Math.min(1, 1 / Math.max(...own)),
                    )}
                    height={4}
                  />
                ))}
              </g>
            );
          })}
        </svg>
      )}
    </Figure>
  );
}

/** As much of a text as fits a box. */
function fitted(text: string, width: number, letter: number): string {
  const most = Math.floor(width / letter);
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}

export const modelDrawing = picture({
  id: 'model',
  tab: 'model',
  accepts: (probes) => (probes.length > 0 ? {} : null),
  Component: ModelFigure,
});

import { useMemo } from 'react';
import { metricWords } from '../../../studies/reproduce/words';
import { orderCorrelation } from '../../../studies/reproduce/ranks';
import type { RankMap } from '../../../studies/reproduce/ranks';
import { SCALE_STEPS, scaleTable, textOn } from '../../colour/scales';
import type { Rgb } from '../../colour/oklab';
import { Figure } from '../../figure/Figure';
import { fixedDigits, formatAuc, formatP } from '../../format';
import { useTheme } from '../../store/theme';
import './evidence.css';

const ROW = 22;
const NAME = 132;
const CELL = 46;
const STRIP = 240;
const BESIDE = 148;
const TOP = 84;

interface Props {
  readonly title: string;
  readonly map: RankMap;
  /** The same models by other metrics, for a look at whether the order is the same. */
  readonly beside: readonly RankMap[];
  readonly controls: React.ReactNode;
}

function pText(p: number | null): string {
  const text = formatP(p);
  return p === null ? text : `p ${text.startsWith('<') ? text : `= ${text}`}`;
}

/** All models in all worlds: ranks, mean rank with its critical difference, and the order that other metrics give. */
export function RankFigure({ title, map, beside, controls }: Props) {
  const theme = useTheme((state) => state.theme);
  const colours = useMemo(() => scaleTable('sequential', theme), [theme]);
  // Those that are not ranked stand below, with the reason.
  const models = map.models.slice(0, map.ranked);
  const count = models.length;
  const last = Math.max(2, count);
  const colourOf = (rank: number): Rgb => {
    const at = Math.round(((last - rank) / (last - 1)) * (SCALE_STEPS - 1)) * 3;
    return [colours[at]!, colours[at + 1]!, colours[at + 2]!];
  };
  const table = {
    columns: [
      'model',
      ...map.worlds.map(({ id }) => `${id}: rank`),
      ...map.worlds.map(({ id }) => `${id}: ${map.metric}`),
      'mean rank',
      ...beside.map(({ metric }) => `mean rank by ${metric}`),
    ],
    rows: map.models.map((model) => [
      model.name,
      ...model.ranks,
      ...model.figures,
      model.meanRank,
      ...beside.map((other) => other.models.find(({ id }) => id === model.id)?.meanRank ?? null),
    ]),
  };
  const left = NAME + map.worlds.length * CELL + 24;
  const width = left + STRIP + 24 + beside.length * BESIDE;
  const height = TOP + count * ROW + 40;
  const xOf = (rank: number) => left + (STRIP * (rank - 1)) / (last - 1);
  const best = map.models[0]?.meanRank ?? null;
  const { chiSquared, p } = map.test;
  return (
    <Figure
      name="ranks"
      title={title}
      controls={controls}
      reading={`Rank of each model in each world by ${metricWords(map.metric)}, 1 the best, means over the seeds that most have; dots: mean rank. ${map.critical === null ? 'One world is no test of ranks.' : `Models within the grey bar are not told apart from the best (Nemenyi, 0.05: ${fixedDigits(map.critical, 2)} ranks). Friedman over ${map.blocks} worlds: χ² ${fixedDigits(chiSquared, 1)}, ${pText(p)}.`} Simulated data.`}
      equation={String.raw`\mathrm{CD}=q_{0.05}\sqrt{\frac{k(k+1)}{6N}}`}
      table={table}
      empty={
        map.ranked < 2 ? <p>No two models have this figure in the same world, so nothing is ranked.</p> : null
      }
    >
      <div className="ranks-drawing" tabIndex={0} role="group" aria-label="Ranks, drawn">
        <svg width={width} height={height} role="img" aria-label={spoken(map)}>
          {map.worlds.map((world, w) => (
            <text
              key={world.id}
              transform={`translate(${NAME + w * CELL + CELL / 2 + 4}, ${TOP - 8}) rotate(-35)`}
            >
              {world.base}
              {world.dose === null ? '' : ` ${world.dose}`}
            </text>
          ))}
          <text x={left} y={TOP - 10}>
            Mean rank by {metricWords(map.metric)}
          </text>
          {best !== null && map.critical !== null && (
            <rect
              className="rank-level"
              x={xOf(best)}
              y={TOP}
              width={Math.min(xOf(last) - xOf(best), xOf(1 + map.critical) - xOf(1))}
              height={count * ROW}
            />
          )}
          {beside.map((other, b) => (
            <text key={other.metric} x={left + STRIP + 24 + b * BESIDE} y={TOP - 10}>
              by {metricWords(other.metric)}
            </text>
          ))}
          {models.map((model, m) => {
            const y = TOP + m * ROW;
            return (
              <g key={model.id}>
                <text className="rank-name" x={NAME - 8} y={y + 15} textAnchor="end">
                  {model.name.length > 20 ? `${model.name.slice(0, 19)}…` : model.name}
                </text>
                {model.ranks.map((rank, w) => {
                  const colour = rank === null ? null : colourOf(rank);
                  return (
                    <g key={map.worlds[w]!.id}>
                      <title>
                        {`${model.name} in ${map.worlds[w]!.title}: ${formatAuc(model.figures[w])}`}
                      </title>
                      <rect
                        x={NAME + w * CELL}
                        y={y}
                        width={CELL - 1}
                        height={ROW - 1}
                        style={{ fill: colour ? `rgb(${colour.join(' ')})` : 'none' }}
                      />
                      <text
                        x={NAME + w * CELL + CELL / 2}
                        y={y + 15}
                        textAnchor="middle"
                        style={{ fill: colour ? textOn(colour) : undefined }}
                      >
                        {rank ?? '–'}
                      </text>
                    </g>
                  );
                })}
                <line className="rank-row" x1={left} x2={left + STRIP} y1={y + 11} y2={y + 11} />
                {model.meanRank !== null && (
                  <circle className="rank-mean" cx={xOf(model.meanRank)} cy={y + 11} r={4}>
                    <title>{`${model.name}: mean rank ${fixedDigits(model.meanRank, 2)}`}</title>
                  </circle>
                )}
                {beside.map((other, b) => {
                  const rank = other.models.find(({ id }) => id === model.id)?.meanRank ?? null;
                  return (
                    <text key={other.metric} x={left + STRIP + 24 + b * BESIDE} y={y + 15}>
                      {rank === null ? '–' : fixedDigits(rank, 2)}
                    </text>
                  );
                })}
              </g>
            );
          })}
          {beside.map((other, b) => {
            const correlation = orderCorrelation(map, other);
            return (
              <text key={other.metric} x={left + STRIP + 24 + b * BESIDE} y={TOP + count * ROW + 18}>
                ρ {fixedDigits(correlation, 2)}
              </text>
            );
          })}
          {[1, map.ranked].map((rank) => (
            <text key={rank} x={xOf(rank)} y={TOP + count * ROW + 18} textAnchor="middle">
              {rank}
            </text>
          ))}
        </svg>
      </div>
      {map.leftOut.length > 0 && (
        <ul className="ranks-left-out" data-testid="ranks-left-out">
          {map.leftOut.map((text) => (
            <li key={text}>{`${text.charAt(0).toUpperCase()}${text.slice(1)}.`}</li>
          ))}
        </ul>
      )}
    </Figure>
  );
}

function spoken(map: RankMap): string {
  const first = map.models.slice(0, 3).map(({ name, meanRank }) => `${name} ${fixedDigits(meanRank, 2)}`);
  return `Mean ranks of ${map.ranked} models over ${map.blocks} worlds, best first: ${first.join(', ')}`;
}

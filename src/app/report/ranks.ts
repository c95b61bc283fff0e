/** Models over all worlds, in a report: mean ranks by several metrics, figures and ranks world by world, and what choosing by the log gives away. */
import type { StoredStudy } from '../../studies/evidence/format';
import { fixedDigits, formatP, formatSigned } from '../../studies/format';
import { bestOnLog, bestOnLogAnswer } from '../../studies/reproduce/bestOnLog';
import type { BestOnLog, GivenAway } from '../../studies/reproduce/bestOnLog';
import { metricsOf, orderCorrelation, rankMap } from '../../studies/reproduce/ranks';
import type { RankedModel, RankMap } from '../../studies/reproduce/ranks';
import { metricWords } from '../../studies/reproduce/words';
import { element, sortableTable } from './sortableTable';
import type { Column } from './sortableTable';

/** By the truth; then on the log, by error in other scenarios and by interest. */
const METRICS = ['noiseFreeAuc', 'auc', 'counterfactualError', 'interestAuc'] as const;

const digits = (value: number | null, count: number): string =>
  value === null ? '–' : fixedDigits(value, count);

function rankColumns(map: RankMap, beside: readonly RankMap[]): Column<RankedModel>[] {
  const other = (one: RankMap, { id }: RankedModel): number | null =>
    one.models.find((model) => model.id === id)?.meanRank ?? null;
  return [
    { label: 'Model', text: ({ name }) => name, key: ({ name }) => name },
    {
      label: `Mean rank by ${metricWords(map.metric)}`,
      number: true,
      text: ({ meanRank }) => digits(meanRank, 2),
      key: ({ meanRank }) => meanRank,
      field: 'mean-rank',
    },
    ...beside.map((one): Column<RankedModel> => ({
      label: `by ${metricWords(one.metric)}`,
      number: true,
      text: (model) => digits(other(one, model), 2),
      key: (model) => other(one, model),
    })),
    ...map.worlds.map(({ id }, w): Column<RankedModel> => ({
      label: id,
      number: true,
      text: ({ figures, ranks }) => {
        const rank = ranks[w] ?? null;
        return `${digits(figures[w] ?? null, 4)}${rank === null ? '' : ` (${digits(rank, rank % 1 === 0 ? 0 : 1)})`}`;
      },
      key: ({ figures }) => figures[w],
    })),
  ];
}

/** `Friedman’s test over 8 worlds and 36 models: p < 0.001. …` */
function testWords(map: RankMap, beside: readonly RankMap[]): string {
  const { ranked, blocks, critical, leftOut } = map;
  const p = formatP(map.test.p);
  const orders = beside.map((one) => [metricWords(one.metric), orderCorrelation(map, one)] as const);
  return [
    `Friedman’s test over ${blocks} worlds and ${ranked} models: p ${p.startsWith('<') ? p : `= ${p}`}.`,
    ...(critical === null ? [] : [`Mean ranks differ from ${fixedDigits(critical, 2)} on (Nemenyi, 0.05).`]),
    ...orders.flatMap(([words, order]) =>
      order === null ? [] : [`The order by ${words} agrees by ${fixedDigits(order, 2)} (rank correlation).`],
    ),
    ...leftOut.map((sentence) => `${sentence[0]!.toUpperCase()}${sentence.slice(1)}.`),
  ].join(' ');
}

function given(pair: GivenAway | null): string {
  if (!pair) return '–';
  const [low, high] = pair.interval ?? [null, null];
  return low === null
    ? formatSigned(pair.difference)
    : `${formatSigned(pair.difference)} [${formatSigned(low)}, ${formatSigned(high)}], p ${formatP(pair.p)}`;
}

const chosenColumns: readonly Column<BestOnLog>[] = [
  { label: 'World', text: ({ world }) => world.id, key: ({ world }) => world.id },
  { label: 'Best on the log', text: ({ onLog }) => onLog.name, key: ({ onLog }) => onLog.name },
  { label: 'Best in truth', text: ({ inTruth }) => inTruth.name, key: ({ inTruth }) => inTruth.name },
  {
    label: 'Noise-free AUC given away',
    number: true,
    text: ({ regret }) => given(regret),
    key: ({ regret }) => regret?.difference,
    field: 'given-away',
  },
  { label: 'Best by interest', text: ({ byInterest }) => byInterest?.name ?? '–' },
  {
    label: 'Interest AUC given away',
    number: true,
    text: ({ interestRegret }) => given(interestRegret),
    key: ({ interestRegret }) => interestRegret?.difference,
  },
  {
    label: 'Counterfactual error of the best on the log',
    number: true,
    text: ({ counterfactual }) => digits(counterfactual.onLog, 4),
    key: ({ counterfactual }) => counterfactual.onLog,
  },
  {
    label: 'Least of all models',
    text: ({ counterfactual: { least } }) => (least ? `${digits(least.error, 4)}, ${least.name}` : '–'),
    key: ({ counterfactual: { least } }) => least?.error,
  },
];

/** Null where the study of all models is not stored: the page then puts one together, for which it has the simulator's worlds at hand. */
export function rankSection(studies: readonly StoredStudy[]): HTMLElement | null {
  const study = studies.find(({ id }) => id === 'ranks');
  if (!study || study.cells.length === 0) return null;
  const stored = metricsOf(study);
  const [map, ...beside] = METRICS.filter((metric) => stored.includes(metric))
    .map((metric) => rankMap(study, metric))
    .filter(({ ranked }) => ranked >= 2);
  if (!map) return null;
  const section = element('section', { id: 'ranks' });
  section.append(
    element('h2', { textContent: 'All models in all worlds' }),
    element('p', {
      className: 'muted',
      textContent: `Means over the seeds that most models have, and ranks in brackets. Simulated data. ${testWords(map, beside)}`,
    }),
    sortableTable('rank-map', rankColumns(map, beside), map.models).node,
  );
  const rows = bestOnLog(study);
  if (rows.length > 0)
    section.append(
      element('h3', { textContent: 'Is the best on the log the best in truth?' }),
      element('p', { textContent: bestOnLogAnswer(rows) }),
      sortableTable('best-on-log', chosenColumns, rows).node,
    );
  return section;
}

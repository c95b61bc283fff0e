/** A paper's tables as printed, beside what its twin gave: rows as they come and tuned, improvement as the paper counts it, seconds. */
import { aucRatio, relaImpr } from '../../training/metrics';
import { claimsOf, type PrintedTable } from '../claims';
import { fixedDigits, formatSpread, UNDEFINED } from '../format';
import { markdownTable } from '../markdown';
import { spread } from '../statistics';
import type { StoredStudy, StudyWorld } from './format';
import { tunedIn } from './tuned';
import { valuesBySeed } from './values';

/** More printed columns than this are left to the page; the one over all rows stands for them. */
const MOST_COLUMNS = 5;

/** Papers whose printed RelaImpr is the plain ratio of AUCs; the others' is that of what is above chance. */
const PLAIN_RATIO: ReadonlySet<string> = new Set(['causalint', 'mscan']);

interface Column {
  readonly label: string;
  readonly of: string;
  /** Its place among the printed columns. */
  readonly place: number;
}

function columnsOf({ columns }: PrintedTable): readonly Column[] {
  const answered = columns.flatMap(({ label, of }, place) => (of === null ? [] : [{ label, of, place }]));
  const whole = answered.filter(({ of }) => of === 'overall');
  return answered.length > MOST_COLUMNS && whole.length > 0 ? whole : answered.slice(0, MOST_COLUMNS);
}

/** What others are held against as the paper does: Single and Mix where the table has them, else its first row. */
function basesOf({ rows }: PrintedTable): readonly { readonly name: string; readonly variant: string }[] {
  const named = rows.flatMap(({ printed, variant }) =>
    variant === 'single' || variant === 'mix' ? [{ name: printed, variant }] : [],
  );
  const [first] = rows;
  if (named.length > 0) return named;
  return first?.variant ? [{ name: first.printed, variant: first.variant }] : [];
}

interface Place {
  readonly study: StoredStudy;
  readonly world: StudyWorld;
  readonly metric: string;
}

/** Mean over seeds in each column. */
function means({ study, world, metric }: Place, variant: string, columns: readonly Column[]) {
  return columns.map(
    ({ of }) => spread([...valuesBySeed(study, world, variant, metric, of).values()])?.mean ?? null,
  );
}

function meanOf(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : (spread(values)?.mean ?? null);
}

function cellText({ study, world, metric }: Place, variant: string | undefined, of: string): string {
  if (variant === undefined) return '–';
  const values = [...valuesBySeed(study, world, variant, metric, of).values()];
  if (values.length === 0) return '–';
  const found = values.includes(null) ? null : spread(values);
  return found ? `${formatSpread(found)} (${found.count})` : UNDEFINED;
}

function percent(value: number | null): string {
  return value === null ? '–' : `${value > 0 ? '+' : ''}${fixedDigits(100 * value, 2).replace('-', '−')} %`;
}

/** Seconds of a run, and microseconds of scoring a row where a run kept them. */
function timesOf({ study, world }: Place, variant: string | null): readonly string[] {
  const taken = study.cells.filter((cell) => cell.world === world.id && cell.variant === variant);
  return [taken.map(({ seconds }) => seconds), taken.flatMap(({ inference }) => inference ?? [])].map(
    (values) => fixedDigits(spread(values)?.mean ?? null, 1).replace(UNDEFINED, '–'),
  );
}

/** One printed table in a world; empty where fewer than two of its rows were run there. */
function oneTable(study: StoredStudy, world: StudyWorld, table: PrintedTable): string {
  const run = new Set(study.cells.filter((cell) => cell.world === world.id).map(({ variant }) => variant));
  if (table.rows.filter(({ variant }) => variant !== null && run.has(variant)).length < 2) return '';
  const place = { study, world, metric: table.metric };
  const tuned = tunedIn(study, world.id);
  const anyTuned = table.rows.some(({ variant }) => variant !== null && tuned.has(variant));
  const columns = columnsOf(table);
  const improvement = PLAIN_RATIO.has(study.id) ? aucRatio : relaImpr;
  const bases = table.metric === 'logLoss' ? [] : basesOf(table);
  const best = (variant: string): string => (anyTuned ? (tuned.get(variant)?.id ?? '') : variant);
  const printed = table.rows.map((row) => [row.printed, row.variant, row.values] as const);
  const controls = ['lr', 'fm', 'mix', 'single'].filter(
    (id) => tuned.has(id) && !table.rows.some(({ variant }) => variant === id),
  );
  const named = controls.map(
    (id) => [`_${study.variants.find((one) => one.id === id)?.name ?? id}_`, id, []] as const,
  );
  const rows = [...printed, ...named].map(([name, variant, values]) => [
    name,
    ...columns.flatMap(({ of, place: at }) => [
      fixedDigits(values[at] ?? null, 4).replace(UNDEFINED, '–'),
      cellText(place, variant ?? undefined, of),
      ...(anyTuned ? [cellText(place, variant === null ? undefined : tuned.get(variant)?.id, of)] : []),
    ]),
    ...bases.map((base) => {
      if (variant === null || variant === base.variant) return '–';
      const [own, other] = [variant, base.variant].map((id) => meanOf(means(place, best(id), columns)));
      return percent(improvement(own ?? null, other ?? null));
    }),
    ...timesOf(place, variant),
  ]);
  const heads = [
    '',
    ...columns.flatMap(({ label }) => [
      `${label}: printed`,
      'ours, as it comes',
      ...(anyTuned ? ['ours, tuned'] : []),
    ]),
    ...bases.map(({ name }) => `RelaImpr over ${name}`),
    'seconds a run',
    'inference, µs a row',
  ];
  return `#### ${table.table}, ${table.dataset}: ${table.title}\n\n${markdownTable(heads, rows)}`;
}

/** Every printed table whose rows were run on its twin. Empty without one. */
export function printedTables(study: StoredStudy): string {
  const { tables } = claimsOf(study.id);
  const found = tables.flatMap((table) => {
    const world = study.worlds.find(({ base, dose }) => base === table.twin && dose === null);
    const text = world ? oneTable(study, world, table) : '';
    return text ? [text] : [];
  });
  if (found.length === 0) return '';
  const explained =
    'Printed figures are of the papers’ own data, ours of its simulated twin: orders can be held side by side, levels cannot. Ours are ' +
    'noise-free AUC (log loss where the table says so), mean ± standard deviation over seeds, at the same terms for every row. _Tuned_: eight draws of rate, L2 and dropout (of M-scan also α, of OptMSM also λ), ' +
    'the first being the row as it comes, judged by log loss on validation rows on a seed that no table reports; the best is trained over the seeds, and test rows are looked at once. ' +
    `RelaImpr is ${PLAIN_RATIO.has(study.id) ? 'the ratio of AUCs less 1, as the paper prints it' : 'the ratio of what is above 0.5, less 1'}, of the mean over the columns shown, tuned where rows are. Seconds are of one processor, training and evaluation; inference is the processor time of scoring a test row, – where runs are from before it was kept.`;
  return [explained, ...found].join('\n\n');
}

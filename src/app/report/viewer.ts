/**
 * The script of a report. It is put into the file as text and runs without the page: it reads the embedded runs, computes every
 * effect, interval and p from them with the page's own code, and draws tables that sort and filter.
 */
import { claimRows, effectSpan, verdictOf } from '../../studies/reproduce/claimRows';
import type { ClaimRow } from '../../studies/reproduce/claimRows';
import type { StudyWorld } from '../../studies/evidence/format';
import type { Verdict } from '../../studies/evidence/verdict';
import { fromRows } from '../../studies/evidence/rows';
import { figureOf } from '../../studies/evidence/values';
import { fixedDigits, formatSigned } from '../../studies/format';
import { nameOf } from '../../studies/reproduce/cells';
import { metricsOf } from '../../studies/reproduce/ranks';
import { metricWords } from '../../studies/reproduce/words';
import { doseSection } from './doses';
import { mapSection } from './maps';
import { rankSection } from './ranks';
import { addressOf } from './reportData';
import { tableSection } from './printedTables';
import type { ReportData } from './reportData';
import { element, sortableTable } from './sortableTable';
import type { Column } from './sortableTable';
import { formatNumber } from '../format';

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as ReportData;
const studies = data.studies.map(fromRows);
const rows = claimRows(data.claims, studies);
/** A claim at one dose; one that was not run has no world. */
interface Line {
  readonly row: ClaimRow;
  readonly world: StudyWorld | null;
  readonly result: Verdict | null;
}
const lines = rows.flatMap((row): readonly Line[] =>
  row.doses.length === 0
    ? [{ row, world: null, result: null }]
    : row.doses.map(({ world, result }) => ({ row, world, result })),
);

const paperTitle = (id: string): string => data.titles[id] ?? id;
const pText = (p: number | null): string => formatNumber(p, 4);

function forest({ result }: Line, span: { readonly min: number; readonly max: number }): HTMLElement {
  const box = element('div', { className: 'forest' });
  if (!result || result.effect === null) return box;
  const place = (value: number) => (100 * (value - span.min)) / (span.max - span.min || 1);
  const mark = (className: string, left: number, width?: number) => {
    const one = element('i', { className });
    one.style.left = `${left}%`;
    if (width !== undefined) one.style.width = `${width}%`;
    box.append(one);
  };
  mark('zero', place(0));
  const [low, high] = result.interval ?? [result.effect, result.effect];
  mark('line', place(low), place(high) - place(low));
  mark('dot', place(result.effect));
  return box;
}

const span = effectSpan(lines.flatMap(({ result }) => result ?? []));

/** What was not run has no effect, and no figure that could be undefined. */
const wasRun = (result: Line['result']): result is NonNullable<Line['result']> =>
  result !== null && result.verdict !== 'not run';

const claimColumns: readonly Column<Line>[] = [
  {
    label: 'Paper',
    text: ({ row }) => `${paperTitle(row.claim.paper)}, ${row.claim.place}`,
    key: ({ row }) => row.claim.paper,
  },
  { label: 'Claim', text: ({ row }) => row.claim.sentence, key: ({ row }) => row.claim.sentence },
  {
    label: 'World',
    text: ({ row, world }) => world?.id ?? row.claim.world,
    key: ({ world }) => world?.id ?? '',
  },
  {
    label: 'Dose',
    number: true,
    text: ({ world }) => String(world?.dose ?? '–'),
    key: ({ world }) => world?.dose,
  },
  { label: 'Drawn', node: (line) => forest(line, span) },
  {
    label: 'Effect',
    number: true,
    text: ({ result }) => (wasRun(result) ? formatSigned(result.effect, 5) : '–'),
    key: ({ result }) => result?.effect,
    field: 'effect',
  },
  {
    label: '95 % interval',
    number: true,
    text: ({ result }) =>
      result?.interval ? result.interval.map((end) => formatSigned(end, 5)).join(' … ') : '–',
    key: ({ result }) => result?.interval?.[0],
    field: 'interval',
  },
  {
    label: 'p',
    number: true,
    text: ({ result }) => (wasRun(result) ? pText(result.p) : '–'),
    key: ({ result }) => result?.p,
    field: 'p',
  },
  {
    label: 'Holm',
    number: true,
    text: ({ result }) => (wasRun(result) ? pText(result.holm) : '–'),
    key: ({ result }) => result?.holm,
  },
  {
    label: 'Seeds',
    number: true,
    text: ({ result }) => String(result?.pairs ?? 0),
    key: ({ result }) => result?.pairs,
  },
  {
    label: 'Verdict',
    text: ({ row, result }) => result?.verdict ?? verdictOf(row),
    key: ({ row, result }) => result?.verdict ?? verdictOf(row),
    field: 'verdict',
  },
];

/** A run of a study. */
const runs = studies.flatMap((study) => study.cells.map((cell) => ({ study, cell })));
type Run = (typeof runs)[number];

function link({ study, cell }: Run): HTMLElement {
  const address = addressOf(data, study.id, cell);
  if (address === null) return element('span', { className: 'muted', textContent: 'npm run study' });
  return element('a', {
    href: address,
    textContent: 'run it again',
  });
}

const shownMetrics = [...new Set(studies.flatMap(metricsOf))].slice(0, 6);
const runColumns: readonly Column<Run>[] = [
  { label: 'Study', text: ({ study }) => paperTitle(study.id), key: ({ study }) => study.id },
  { label: 'World', text: ({ cell }) => cell.world, key: ({ cell }) => cell.world },
  {
    label: 'Variant',
    text: ({ study, cell }) => nameOf(study, cell.variant),
    key: ({ cell }) => cell.variant,
  },
  { label: 'Seed', number: true, text: ({ cell }) => String(cell.seed), key: ({ cell }) => cell.seed },
  ...shownMetrics.map((metric): Column<Run> => {
    const value = ({ study, cell }: Run) => {
      const world = study.worlds.find(({ id }) => id === cell.world);
      return world ? figureOf(cell.figures[metric], world, 'overall') : null;
    };
    return {
      label: metricWords(metric),
      number: true,
      // What a run was not asked for is no figure that came out undefined.
      text: (run) => (run.cell.figures[metric] ? fixedDigits(value(run), 5) : '–'),
      key: value,
    };
  }),
  {
    label: 'Best step',
    number: true,
    text: ({ cell }) => String(cell.bestStep),
    key: ({ cell }) => cell.bestStep,
  },
  {
    label: 'Training, s',
    number: true,
    text: ({ cell }) => fixedDigits(cell.seconds, 1),
    key: ({ cell }) => cell.seconds,
  },
  {
    label: 'Inference, µs a row',
    number: true,
    text: ({ cell: { inference } }) => (inference === undefined ? '–' : fixedDigits(inference, 1)),
    key: ({ cell }) => cell.inference ?? null,
  },
  { label: 'Again', node: link },
];

function choice(label: string, options: readonly string[], onChange: (value: string) => void): HTMLElement {
  const select = element('select', {});
  select.append(
    ...['', ...options].map((value) =>
      element('option', { value, textContent: value === '' ? 'all' : value }),
    ),
  );
  select.addEventListener('change', () => onChange(select.value));
  const outer = element('label', { textContent: `${label} ` });
  outer.append(select);
  return outer;
}

function draw(): void {
  const claims = sortableTable('claims', claimColumns, lines);
  const cells = sortableTable('runs', runColumns, runs);
  const chosen = { paper: '', verdict: '' };
  const filter = () =>
    claims.filter(
      ({ row, result }) =>
        (chosen.paper === '' || paperTitle(row.claim.paper) === chosen.paper) &&
        (chosen.verdict === '' || (result?.verdict ?? verdictOf(row)) === chosen.verdict),
    );
  const papers = [...new Set(rows.map(({ claim }) => paperTitle(claim.paper)))];
  const said = [...new Set(lines.map(({ row, result }) => result?.verdict ?? verdictOf(row)))];
  const controls = element('p', { className: 'choices' });
  controls.append(
    choice('Paper', papers, (paper) => {
      chosen.paper = paper;
      filter();
    }),
    choice('Verdict', said, (verdict) => {
      chosen.verdict = verdict;
      filter();
    }),
  );
  const find = element('input', { type: 'search', placeholder: 'world or variant' });
  find.addEventListener('input', () =>
    cells.filter(({ study, cell }) =>
      `${study.id} ${cell.world} ${nameOf(study, cell.variant)}`
        .toLowerCase()
        .includes(find.value.toLowerCase()),
    ),
  );
  const search = element('label', { className: 'choices', textContent: 'Runs of ' });
  search.append(find);
  const [maps, ranks] = [mapSection(studies), rankSection(studies)];
  const report = document.getElementById('report');
  report?.replaceChildren(
    element('h1', { textContent: 'What the papers claim, and what came of it' }),
    element('p', {
      className: 'muted',
      textContent: `Made ${data.made.slice(0, 10)} by Scenarium from ${runs.length} runs on simulated data. Every effect, interval and p below was computed just now, in this file, from these runs: Student’s paired test over seeds, adjusted by Holm within a place of the paper; no effect is two one-sided tests at ± 0.002 of AUC. At dose 0 the cause is absent, and nothing is claimed.`,
    }),
    controls,
    claims.node,
    tableSection(data, studies),
    doseSection(data, rows),
    ...(maps ? [maps] : []),
    ...(ranks ? [ranks] : []),
    element('h2', { textContent: 'The runs' }),
    search,
    cells.node,
  );
  report?.setAttribute('data-ready', String(lines.length));
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const take = (): void => void (document.documentElement.dataset['theme'] = dark.matches ? 'dark' : 'light');
dark.addEventListener('change', take);
take();
draw();

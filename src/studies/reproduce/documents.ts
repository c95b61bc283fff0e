/** What the Reproduce page hands out: claims as a table of numbers and as LaTeX, every stored run as CSV. */
import { csvText } from '../../data/csv';
import type { StoredStudy } from '../evidence/format';
import { figureOf } from '../evidence/values';
import { formatP, formatSigned } from '../format';
import { modelTitle } from '../setups';
import { verdictOf } from './claimRows';
import type { ClaimRow } from './claimRows';
import { metricsOf } from './ranks';

type Line = readonly (string | number | null)[];

/** One row a claim and dose; a claim that was not run has one row without numbers. */
export function claimsTable(rows: readonly ClaimRow[]): {
  readonly columns: readonly string[];
  readonly rows: readonly Line[];
} {
  const columns = [
    'claim',
    'paper',
    'place',
    'sentence',
    'world',
    'dose',
    'metric',
    'variant',
    'against',
    'direction',
    'effect',
    'low',
    'high',
    'p',
    'holm',
    'seeds',
    'verdict',
  ];
  const lines = rows.flatMap((row): Line[] => {
    const { id, paper, place, sentence, world, test } = row.claim;
    const of = `${test.metric}, ${test.of}`;
    const said = [of, test.variant, test.against, test.direction];
    if (row.doses.length === 0)
      return [
        [id, paper, place, sentence, world, null, ...said, null, null, null, null, null, 0, verdictOf(row)],
      ];
    return row.doses.map(({ world: at, result }) => [
      id,
      paper,
      place,
      sentence,
      at.id,
      at.dose,
      ...said,
      result.effect,
      result.interval?.[0] ?? null,
      result.interval?.[1] ?? null,
      result.p,
      result.holm,
      result.pairs,
      result.verdict,
    ]);
  });
  return { columns, rows: lines };
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': String.raw`\textbackslash{}`,
  '~': String.raw`\textasciitilde{}`,
  '^': String.raw`\textasciicircum{}`,
  '−': '$-$',
  '±': String.raw`$\pm$`,
  '≤': String.raw`$\le$`,
  '≥': String.raw`$\ge$`,
  '→': String.raw`$\to$`,
  '“': '``',
  '”': "''",
  '’': "'",
};

/** Text that LaTeX sets as it is. */
export function latexText(text: string): string {
  return text.replace(/[\\~^−±≤≥→“”’]|[&%$#_{}]/g, (sign) => LATEX[sign] ?? `\\${sign}`);
}

/** The claims where their cause is strongest, as a `booktabs` table that runs over pages. */
export function claimsLatex(rows: readonly ClaimRow[]): string {
  const lines = rows.map((row) => {
    const result = row.strongest?.result;
    const effect =
      result?.interval && result.effect !== null
        ? `${formatSigned(result.effect)} [${formatSigned(result.interval[0])}, ${formatSigned(result.interval[1])}]`
        : '';
    const cells = [
      modelTitle(row.claim.paper),
      row.claim.place,
      row.claim.sentence,
      row.strongest?.world.id ?? row.claim.world,
      effect,
      result?.p === undefined || result.p === null ? '' : formatP(result.p),
      String(result?.pairs ?? 0),
      verdictOf(row),
    ];
    return `${cells.map(latexText).join(' & ')} \\\\`;
  });
  return [
    '% needs \\usepackage{booktabs,longtable}; wide: \\usepackage{pdflscape} and \\begin{landscape} around it',
    '\\begin{longtable}{lp{2.5cm}p{6cm}lllrl}',
    '\\toprule',
    'Paper & Place & Claim & World (simulated) & Effect [95\\,\\%] & p & Seeds & Verdict \\\\',
    '\\midrule',
    '\\endhead',
    '\\bottomrule',
    '\\endfoot',
    ...lines,
    '\\end{longtable}',
    '',
  ].join('\n');
}

/** Every stored run with every figure: a row a run and scenario, the whole run first. */
export function runsCsv(studies: readonly StoredStudy[]): string {
  const metrics = [...new Set(studies.flatMap(metricsOf))];
  const header = [
    'study',
    'world',
    'dose',
    'variant',
    'seed',
    'scenario',
    ...metrics,
    'ceiling',
    'bestStep',
    'steps',
    'seconds',
    'parameters',
    'inference',
  ];
  const rows = studies.flatMap((study) =>
    study.cells.flatMap((cell): Line[] => {
      const world = study.worlds.find(({ id }) => id === cell.world);
      if (!world) return [];
      return ['overall', 'mean', ...world.scenarios.map(({ id }) => id)].map((of) => [
        study.id,
        cell.world,
        world.dose,
        cell.variant,
        cell.seed,
        of,
        ...metrics.map((metric) => figureOf(cell.figures[metric], world, of)),
        figureOf(world.ceilings, world, of),
        cell.bestStep,
        cell.steps,
        cell.seconds,
        cell.parameters,
        cell.inference ?? null,
      ]);
    }),
  );
  return csvText(header, rows);
}

/** Every model beside what needs none of its parts, on one twin: the table of docs/models/README.md. */
import { models } from '../../models/registry';
import { fixedDigits, formatSigned, formatSpread, UNDEFINED } from '../format';
import { markdownTable } from '../markdown';
import { spread } from '../statistics';
import { judgeFamily, type Verdict } from './verdict';
import { figureOf, pairBySeed, valuesBySeed } from './values';
import type { StoredStudy, StudyCell, StudyWorld } from './format';

/** The twin of the table, and what every model is held against. */
const EVERY_MODEL_WORLD = 'aliccp-3';
const CONTROLS = ['lr', 'fm', 'mix'] as const;
type Control = (typeof CONTROLS)[number];

const METRIC = 'noiseFreeAuc';
/** Noise-free AUC, mean over scenarios by traffic. */
const OF = 'mean';
/** Best weights within this share of the steps that were taken are early. */
const EARLY = 0.25;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly cells: readonly StudyCell[];
  /** Against each control, adjusted over all models that are held against it; none against itself. */
  readonly verdicts: Partial<Record<Control, Verdict>>;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function rowsOf(study: StoredStudy, world: StudyWorld): readonly Row[] {
  const values = (id: string) => valuesBySeed(study, world, id, METRIC, OF);
  const known = models.filter(({ id }) => values(id).size > 0).map(({ id, title }) => ({ id, name: title }));
  const judged = CONTROLS.map((control) => {
    const others = known.filter(({ id }) => id !== control);
    const verdicts = judgeFamily(
      others.map(({ id }) => ({
        metric: METRIC,
        expected: 'higher' as const,
        ...pairBySeed(values(id), values(control)),
      })),
    );
    return new Map(others.map(({ id }, k) => [id, verdicts[k]!] as const));
  });
  return known.map(({ id, name }) => ({
    id,
    name,
    cells: study.cells.filter((cell) => cell.world === world.id && cell.variant === id),
    verdicts: Object.fromEntries(
      CONTROLS.flatMap((control, k) => {
        const verdict = judged[k]!.get(id);
        return verdict ? [[control, verdict] as const] : [];
      }),
    ),
  }));
}

function verdictText(verdict: Verdict | undefined): string {
  if (!verdict || verdict.effect === null) return '–';
  const words = { confirmed: 'above', opposite: 'below' } as const;
  const said = verdict.verdict in words ? words[verdict.verdict as keyof typeof words] : verdict.verdict;
  return `${formatSigned(verdict.effect)} ${said}`;
}

/** Mean difference from a control in one scenario; null where there is no pair. */
function differenceIn(study: StoredStudy, world: StudyWorld, id: string, control: Control, of: string) {
  const { a, b } = pairBySeed(
    valuesBySeed(study, world, id, METRIC, of),
    valuesBySeed(study, world, control, METRIC, of),
  );
  const differences = a.map((value, k) => {
    const other = b[k] ?? null;
    return value === null || other === null ? null : value - other;
  });
  return spread(differences)?.mean ?? null;
}

/** What the stored cells themselves say of a model that falls below a control; “unknown” where they say nothing. */
function whyBelow(study: StoredStudy, world: StudyWorld, row: Row): string {
  const below = CONTROLS.filter((control) => row.verdicts[control]?.verdict === 'opposite');
  const worst = below.sort((a, b) => row.verdicts[a]!.effect! - row.verdicts[b]!.effect!)[0];
  if (!worst) return '';
  const found: string[] = [];
  const late = row.cells.filter(({ bestStep, steps }) => bestStep === steps).length;
  if (2 * late > row.cells.length)
    found.push(`budget: best at its last step in ${late} of ${row.cells.length} seeds`);
  const best = median(row.cells.map(({ bestStep }) => bestStep));
  const taken = median(row.cells.map(({ steps }) => steps));
  if (best <= EARLY * taken) found.push(`overfits: best at step ${best} of ${taken}`);
  const mean = row.verdicts[worst]!.effect!;
  const smallest = differenceIn(study, world, row.id, worst, 'smallest');
  if (smallest !== null && smallest < 2 * mean)
    found.push(`few rows: ${formatSigned(smallest)} in the smallest scenario`);
  return found.length > 0 ? found.join('; ') : 'unknown';
}

/**
 * Markdown; null where the study has no such world.
 *
 * Verdicts are those of claims: paired over seeds, adjusted by Holm over all models that are held against the same control.
 */
export function everyModelTable(study: StoredStudy): string | null {
  const world = study.worlds.find(({ id }) => id === EVERY_MODEL_WORLD);
  if (!world) return null;
  const rows = rowsOf(study, world);
  const training = study.variants[0]?.training ?? {};
  const body = rows.map((row) => {
    const values = [...valuesBySeed(study, world, row.id, METRIC, OF).values()];
    const figure = values.includes(null) ? null : spread(values);
    return [
      `[${row.name}](${row.id}.md)`,
      figure ? `${formatSpread(figure)} (${figure.count})` : UNDEFINED,
      ...CONTROLS.map((control) => verdictText(row.verdicts[control])),
      `${median(row.cells.map(({ bestStep }) => bestStep))}`,
      whyBelow(study, world, row),
    ];
  });
  body.push(['_ceiling_', fixedDigits(figureOf(world.ceilings, world, OF), 4), '', '', '', '', '']);
  const names = CONTROLS.map((id) => models.find((model) => model.id === id)?.title ?? id);
  return [
    '### Every model on one twin',
    `\`${world.id}\` (simulated), preset \`comparable\` at half its widths, at most ${String(training['steps'])} steps of ${String(training['batch'])} rows at learning rate ${String(training['learningRate'])}; ` +
      `${String(training['stopMetric'])} on validation rows chooses the weights, test rows choose nothing. Noise-free AUC, mean over scenarios by traffic: mean ± standard deviation over seeds, their number in brackets. ` +
      'Differences are paired over seeds: _above_ and _below_ are beyond chance (Holm over all models, 0.05), _no effect_ is within ± 0.002 by two one-sided tests; fewer than five seeds decide nothing. ' +
      'What stands under “why” is read off the same runs, for models that are below a control: best weights at the last step in most seeds (the budget ends too soon), best weights in the first quarter of the steps taken (it overfits), ' +
      'or a loss in the smallest scenario more than twice that of the mean (its own rows are too few). Where runs say none of these, it is unknown.',
    markdownTable(['model', 'noise-free AUC', ...names.map((name) => `− ${name}`), 'best step', 'why'], body),
  ].join('\n\n');
}

/** A stored study as Markdown: how it was trained, figures by dose, and what came of each claim. */
import { fixedDigits, formatSpread, UNDEFINED } from '../format';
import { markdownTable } from '../markdown';
import { spread } from '../statistics';
import { CLAIMING_PAPERS, claimsOf, type Claim } from '../claims';
import { HYPOTHESES } from '../claims/hypotheses';
import { printedTables } from './printedTables';
import { figureOf, valuesBySeed } from './values';
import { testHypotheses } from './hypotheses';
import { VERDICTS, verdicts } from './verdict';
import { effectText, EXPECTED, trainedText, verdictText } from './reportWords';
import type { StoredStudy, StudyWorld } from './format';

/** What is shown by dose: metric, of which rows, and its head. */
type Shown = readonly [metric: string, of: string, title: string];

const USUAL: readonly Shown[] = [['noiseFreeAuc', 'overall', 'Noise-free AUC over all rows']];

/** Beside the usual: what a paper's cause is about. */
const OWN: Readonly<Record<string, readonly Shown[]>> = {
  sarnet: [
    ['organicAuc', 'overall', 'Noise-free AUC over rows that nobody promoted'],
    ['interestAuc', 'overall', 'AUC against interest alone'],
    ['recoveryAuc', 'overall', 'How well coefficients tell promoted rows (AUC)'],
  ],
  causalint: [
    ['noiseFreeAuc', 'smallest', 'Noise-free AUC of the smallest scenario'],
    ['votesError', 'overall', 'Error of votes as click rates in the other scenarios (mean absolute)'],
    ['votesErrorOwn', 'overall', 'The same error of each row’s own prediction, taken for every scenario'],
  ],
  optmsm: [
    ['noiseFreeAuc', 'smallest', 'Noise-free AUC of the smallest scenario'],
    ['gateRecovery', 'overall', 'How well gates tell the fields that matter (AUC)'],
  ],
  mscan: [
    ['interestAuc', 'overall', 'AUC against interest alone'],
    ['interestAucAtBestC', 'overall', 'The same with c chosen by the truth (a bound, not a result)'],
  ],
  aread: [
    ['noiseFreeAuc', 'minor', 'Noise-free AUC of minor domains'],
    ['overlapTree', 'overall', 'Groups by overlap of masks against the hidden tree (adjusted Rand index)'],
    ['overlapRelatedness', 'overall', 'Overlap of masks against true relatedness (rank correlation)'],
    ['overlapRelatedness3', 'overall', 'The same of the edges to the last layer alone'],
    ['noiseFreeAuc', 'major', 'Noise-free AUC of major domains'],
    ['density', 'overall', 'Density of masks'],
  ],
};

function doseWorlds(study: StoredStudy, base: string): readonly StudyWorld[] {
  return study.worlds
    .filter((world) => world.base === base && world.dose !== null)
    .sort((a, b) => (a.dose ?? 0) - (b.dose ?? 0));
}

function cellText(study: StoredStudy, world: StudyWorld, variant: string, [metric, of]: Shown): string {
  const values = [...valuesBySeed(study, world, variant, metric, of).values()];
  if (values.length === 0) return '–';
  const found = values.includes(null) ? null : spread(values);
  return found ? `${formatSpread(found)} (${found.count})` : UNDEFINED;
}

/** Rows of variants, columns of doses; variants without any figure are left out. Empty where none has one. */
function doseTable(study: StoredStudy, worlds: readonly StudyWorld[], shown: Shown): string {
  const rows = study.variants.flatMap(({ id, name }) => {
    const cells = worlds.map((world) => cellText(study, world, id, shown));
    return cells.every((text) => text === '–' || text === UNDEFINED) ? [] : [[name, ...cells]];
  });
  if (rows.length === 0) return '';
  const [metric, of] = shown;
  if (metric === 'noiseFreeAuc')
    rows.push(['_ceiling_', ...worlds.map((world) => fixedDigits(figureOf(world.ceilings, world, of), 4))]);
  return markdownTable(['', ...worlds.map(({ knob, dose }) => `${knob} ${dose}`)], rows);
}

/** Claims that were run in the world's own dose or in a twin, with what came of them there and where the cause is absent. */
function claimTable(study: StoredStudy, claims: readonly Claim[], worlds: readonly StudyWorld[]): string {
  const judged = worlds.map((world) => verdicts(claims, study, world));
  const body = claims.flatMap((claim) => {
    const found = judged.map((one) => one.get(claim.id));
    if (found.every((one) => !one || one.verdict === 'not run')) return [];
    return [
      [
        `${claim.place}: ${claim.sentence}`,
        ...found.flatMap((one) =>
          one && one.verdict !== 'not run' ? [effectText(one), verdictText(one)] : ['–', 'not run'],
        ),
      ],
    ];
  });
  if (body.length === 0) return '';
  const heads = worlds.flatMap((world) => [`${placeName(world)}: effect`, 'verdict']);
  return markdownTable(['claim', ...heads], body);
}

/** A paper's modules, each against the model without it or with less of it: what came of them at every dose and on the twin. */
function moduleTable(study: StoredStudy, claims: readonly Claim[], worlds: readonly StudyWorld[]): string {
  const own = (variant: string): boolean => variant.split(':')[0] === study.id;
  const modules = claims.filter(({ test }) => own(test.variant) && own(test.against));
  const judged = worlds.map((world) => verdicts(claims, study, world));
  const seen = new Set<string>();
  const body = modules.flatMap((claim) => {
    const { variant, against, metric, of } = claim.test;
    const found = judged.map((one) => one.get(claim.id));
    const key = JSON.stringify([variant, against, metric, of]);
    const places = found.filter((one) => one && one.verdict !== 'not run').length;
    // What several tables claim of the same two rows is one question here.
    if (variant === against || places < 3 || seen.has(key)) return [];
    seen.add(key);
    return [
      [
        `\`${variant}\` − \`${against}\` (\`${metric}\`, ${of})`,
        ...found.map((one) =>
          one && one.verdict !== 'not run' ? `${effectText(one)} ${one.verdict}` : 'not run',
        ),
      ],
    ];
  });
  if (body.length === 0) return '';
  return markdownTable(['module', ...worlds.map(placeName)], body);
}

const placeName = ({ id, knob, dose }: StudyWorld): string =>
  knob === null ? `twin \`${id}\`` : `${knob} ${dose}`;

/** Hypotheses that were written down before the study, at each of their doses. */
function hypothesisTable(study: StoredStudy, worlds: readonly StudyWorld[]): string {
  const tested = testHypotheses(HYPOTHESES[study.id] ?? [], study, worlds);
  const body = tested.map(({ hypothesis, dose, verdict }) => {
    const { metric, of, expected } = hypothesis.test;
    const said = `${hypothesis.number}. ${hypothesis.sentence} (\`${metric}\`, ${of}, ${EXPECTED[expected]})`;
    return [said, `${dose}`, effectText(verdict), verdictText(verdict)];
  });
  return markdownTable(['hypothesis', worlds[0]?.knob ?? 'dose', 'effect', 'verdict'], body);
}

/** How many claims came out which way. */
function countText(study: StoredStudy, claims: readonly Claim[], world: StudyWorld): string {
  const found = [...verdicts(claims, study, world).values()];
  const counts = VERDICTS.map(
    (name) => [name, found.filter(({ verdict }) => verdict === name).length] as const,
  );
  return counts.map(([name, count]) => `${name} ${count}`).join(', ');
}

/**
 * Results of a paper's study: hypotheses, figures by dose, claims.
 *
 * @throws RangeError for a study of no paper
 */
export function evidenceReport(study: StoredStudy): string {
  if (!CLAIMING_PAPERS.includes(study.id)) throw new RangeError(`No paper has the study "${study.id}".`);
  const { claims } = claimsOf(study.id);
  const base = claims[0]?.world ?? '';
  const worlds = doseWorlds(study, base);
  const parts = [trainedText(study), '### Hypotheses', hypothesisTable(study, worlds)];
  for (const shown of [...USUAL, ...(OWN[study.id] ?? [])]) {
    const table = doseTable(study, worlds, shown);
    if (table) parts.push(`### ${shown[2]}`, table);
  }
  const twins = study.worlds.filter(({ dose }) => dose === null);
  const modules = moduleTable(study, claims, [...worlds, ...twins]);
  if (modules) parts.push('### Modules, dose by dose and on the twin', modules);
  // Doses are studied up to the world's own, where all claims are put to the test.
  const own = worlds.at(-1);
  const shownWorlds = worlds.filter((world) => world.dose === 0 || world === own);
  const table = claimTable(study, claims, shownWorlds);
  if (own && table) {
    parts.push('### Claims', `At ${own.knob} ${own.dose}: ${countText(study, claims, own)}.`, table);
  }
  const onTwins = claimTable(study, claims, twins);
  if (onTwins) parts.push('### Claims on twins', onTwins);
  const printed = printedTables(study);
  if (printed) parts.push('### Printed tables on twins', printed);
  return parts.join('\n\n');
}

const START = '<!-- results -->';
const END = '<!-- /results -->';

/** Puts results between their markers; a page without them gets them at its end. @throws Error where they are opened and never closed */
export function placeResults(page: string, content: string): string {
  const block = `${START}\n\n${content.trim()}\n\n${END}`;
  const from = page.indexOf(START);
  if (from < 0) return `${page.trimEnd()}\n\n## Results\n\n${block}\n`;
  const to = page.indexOf(END, from);
  if (to < 0) throw new Error(`The page opens ${START} and never closes it; add ${END}.`);
  return page.slice(0, from) + block + page.slice(to + END.length);
}

/** The report: one file with the runs, its own script and style, which a browser opens from a disk. */
import { cellAddress } from '../../studies/evidence/cellAddress';
import { CLAIMING_PAPERS, claimsOf } from '../../studies/claims';
import type { Claim } from '../../studies/claims';
import type { StoredStudy } from '../../studies/evidence/format';
import { toRows } from '../../studies/evidence/rows';
import { modelTitle } from '../../studies/setups';
import { addressKey, SEED } from './reportData';
import type { ReportData } from './reportData';
import tokens from '../styles/tokens.css?inline';
import style from './report.css?inline';
import script from './viewer.ts?worker&url';
import { formatBytes } from '../format';

/** Bytes that a report may have. */
const MOST_BYTES = 5_000_000;

function addressOf(study: StoredStudy, world: string, variant: string): string | null {
  try {
    return cellAddress(study, { world, variant, seed: SEED });
  } catch {
    return null; // this version cannot train it
  }
}

/** @param page address of this page, without parameters */
export function reportData(
  claims: readonly Claim[],
  studies: readonly StoredStudy[],
  page: string,
): ReportData {
  const addresses: Record<string, string | null> = {};
  for (const study of studies)
    for (const { world, variant } of study.cells)
      addresses[addressKey(study.id, world, variant)] ??= addressOf(study, world, variant);
  const papers = [...new Set([...claims.map(({ paper }) => paper), ...studies.map(({ id }) => id)])];
  return {
    format: 'scenarium-report/1',
    made: new Date().toISOString(),
    page,
    claims,
    tables: papers
      .filter((paper) => CLAIMING_PAPERS.includes(paper))
      .flatMap((paper) => claimsOf(paper).tables.map((table) => ({ paper, table }))),
    studies: studies.map((study) => {
      const { variants, ...rows } = toRows(study);
      return { ...rows, variants: variants.map((one) => ({ ...one, settings: {}, training: {} })) };
    }),
    titles: Object.fromEntries(papers.map((paper) => [paper, modelTitle(paper)])),
    addresses,
  };
}

/** A document of its own. Nothing in it is fetched: its policy forbids that. */
export function reportDocument(data: ReportData, viewer: string): string {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  const code = viewer.replaceAll(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>Scenarium: what the papers claim, and what came of it</title>',
    `<style>${tokens}${style}</style>`,
    '</head>',
    '<body>',
    '<main id="report"><p>This report computes its figures itself: allow scripts to see them.</p></main>',
    `<script type="application/json" id="data">${json}</script>`,
    `<script type="module">${code}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** @throws Error with one sentence where the report's script does not come, or the report is too large */
export async function reportHtml(claims: readonly Claim[], studies: readonly StoredStudy[]): Promise<Blob> {
  if (import.meta.env.DEV)
    throw new Error(
      'The report’s script is one file in the built page only: use npm start to make a report.',
    );
  const response = await fetch(script);
  if (!response.ok) throw new Error('The report’s script could not be fetched; try again with a network.');
  const page = new URL('./', document.baseURI).href;
  const text = reportDocument(reportData(claims, studies, page), await response.text());
  const blob = new Blob([text], { type: 'text/html' });
  if (blob.size > MOST_BYTES)
    throw new Error(
      `The report would have ${formatBytes(blob.size)}, more than the ${MOST_BYTES / 1e6} MB that a report may have.`,
    );
  return blob;
}

/** Pages of docs/evidence, whose results are written from stored studies. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { findModel } from '../../src/models/registry';
import { CLAIMING_PAPERS } from '../../src/studies/claims';
import type { StoredStudy } from '../../src/studies/evidence/format';
import { evidenceReport, placeResults } from '../../src/studies/evidence/report';

const folder = new URL('../../docs/evidence/', import.meta.url);

/** Writes a paper's results into its page. @returns the page's path, null for a study of no paper */
export async function writeEvidencePage(study: StoredStudy): Promise<string | null> {
  if (!CLAIMING_PAPERS.includes(study.id)) return null;
  await mkdir(folder, { recursive: true });
  const file = new URL(`${study.id}.md`, folder);
  const page = await readFile(file, 'utf8').catch(() => `# Evidence: ${findModel(study.id).title}\n`);
  const options = await resolveConfig(file.pathname);
  await writeFile(
    file,
    await format(placeResults(page, evidenceReport(study)), { ...options, parser: 'markdown' }),
  );
  return `docs/evidence/${study.id}.md`;
}

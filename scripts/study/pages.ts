/** Pages of docs/evidence, whose results are written from stored studies. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { findModel } from '../../src/models/registry';
import { CLAIMING_PAPERS } from '../../src/studies/claims';
import { everyModelTable } from '../../src/studies/evidence/everyModel';
import { MAPS_STUDY } from '../../src/studies/evidence/knobMaps';
import { mapsReport } from '../../src/studies/evidence/mapsReport';
import type { StoredStudy } from '../../src/studies/evidence/format';
import { evidenceReport, placeResults } from '../../src/studies/evidence/report';

const docs = new URL('../../docs/', import.meta.url);

/** Puts results into a page of docs. @returns the page's path */
async function place(path: string, content: string, title: string): Promise<string> {
  const file = new URL(path, docs);
  await mkdir(new URL('.', file), { recursive: true });
  const page = await readFile(file, 'utf8').catch(() => `# ${title}\n`);
  const options = await resolveConfig(file.pathname);
  await writeFile(file, await format(placeResults(page, content), { ...options, parser: 'markdown' }));
  return `docs/${path}`;
}

/** Writes a study's results into their page: a paper's own, or that of all models. @returns the page's path, null where it has none */
export async function writeEvidencePage(study: StoredStudy): Promise<string | null> {
  if (CLAIMING_PAPERS.includes(study.id))
    return place(`evidence/${study.id}.md`, evidenceReport(study), `Evidence: ${findModel(study.id).title}`);
  if (study.id === MAPS_STUDY)
    return place('evidence/maps.md', mapsReport(study), 'Modules over two knobs at once');
  const table = study.id === 'ranks' ? everyModelTable(study) : null;
  return table === null ? null : place('models/README.md', table, 'Models');
}

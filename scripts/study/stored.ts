/** Files of stored studies: what earlier runs of a plan left, and what this one writes. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { parseStudy, studyText, type StoredStudy, type StudyIndex } from '../../src/studies/evidence/format';
import { storedVariantOf, type TrainedCell } from '../../src/studies/evidence/assemble';
import { STUDIES, type PlannedCell } from '../../src/studies/evidence/plans';
import { settingsKey } from '../../src/studies/setups';

const folder = new URL('../../public/studies/', import.meta.url);

/** A study as it was written last; null where there is none, or none of this format. */
export async function readStored(id: string): Promise<StoredStudy | null> {
  const text = await readFile(new URL(`${id}.json`, folder), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return parseStudy(text);
  } catch {
    return null;
  }
}

/** A stored cell of the same world, settings and seed, as if it were trained just now; null where there is none. Of a control that only scores otherwise: the run that is scored. */
export function keptInStudy(
  study: StoredStudy | null,
  cell: PlannedCell,
  fingerprint: string,
): TrainedCell | null {
  const world = study?.worlds.find(({ id }) => id === cell.world);
  if (!study || !world || world.fingerprint !== fingerprint) return null;
  const now = storedVariantOf(cell);
  const same = study.variants.filter(
    ({ scored, model, settings, training }) =>
      !scored &&
      model === now.model &&
      settingsKey(settings) === settingsKey(now.settings) &&
      settingsKey(training) === settingsKey(now.training),
  );
  const found = study.cells.find(
    (one) => one.world === cell.world && one.seed === cell.seed && same.some(({ id }) => id === one.variant),
  );
  if (!found) return null;
  const { figures, bestStep, steps, seconds, parameters, inference } = found;
  const { scenarios, overall, mean } = world.ceilings;
  return {
    fingerprint,
    figures,
    ceilings: { scenarios, overall, domain: mean },
    bestStep,
    steps,
    seconds,
    parameters,
    ...(inference !== undefined && { inference }),
  };
}

/** Writes a study's file and lists all files anew. */
export async function writeStored(study: StoredStudy): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`${study.id}.json`, folder), studyText(study));
  const files = await readdir(folder);
  const studies: StudyIndex['studies'] = [];
  for (const id of STUDIES) {
    const file = `${id}.json`;
    if (!files.includes(file)) continue;
    const text = await readFile(new URL(file, folder), 'utf8');
    const { title, cells } = parseStudy(text);
    studies.push({ id, title, file, bytes: Buffer.byteLength(text), cells: cells.length });
  }
  const index: StudyIndex = { format: 'scenarium-studies/1', studies };
  await writeFile(new URL('index.json', folder), `${JSON.stringify(index, null, 2)}\n`);
}

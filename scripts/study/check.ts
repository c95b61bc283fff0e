/** `npm run study -- --check N`: trains N stored cells again and says whether they come out to the bit. */
import '../sameAsBrowser';
import { permutation, stream } from '../../src/data/simulate/random';
import { openBackend } from '../../src/engine';
import { cellSetup } from '../../src/studies/evidence/cellAddress';
import type { StoredStudy, StudyCell } from '../../src/studies/evidence/format';
import { keptFigures } from '../../src/studies/evidence/kept';
import { STUDIES } from '../../src/studies/evidence/plans';
import { trainEvidence } from './evidenceCells';
import { readStored } from './stored';
import { readWorld } from './worlds';

interface Chosen {
  readonly study: StoredStudy;
  readonly cell: StudyCell;
}

/** Stored metrics that differ in any bit or are not there again. A metric that came after the cell was stored is no difference. */
export function differingMetrics(stored: StudyCell['figures'], found: StudyCell['figures']): string[] {
  return Object.keys(stored).filter((name) => JSON.stringify(stored[name]) !== JSON.stringify(found[name]));
}

/** Some cells of all stored studies, drawn alike every time. */
async function someCells(count: number): Promise<Chosen[]> {
  const all: Chosen[] = [];
  for (const id of STUDIES) {
    const study = await readStored(id);
    for (const cell of study?.cells ?? []) {
      // A control that only scores otherwise trains nothing of its own.
      const trains = !study?.variants.find((one) => one.id === cell.variant)?.scored;
      if (study && trains) all.push({ study, cell });
    }
  }
  return [...permutation(all.length, stream(1, 'check'))]
    .slice(0, count)
    .flatMap((place) => all[place] ?? []);
}

/** @returns whether all came out to the bit */
export async function checkStored(count: number): Promise<boolean> {
  const backend = await openBackend('wasm', { threads: 1 });
  const chosen = await someCells(count);
  let same = 0;
  for (const { study, cell } of chosen) {
    const dataset = await readWorld(cell.world);
    const world = study.worlds.find(({ id }) => id === cell.world);
    const name = `${cell.variant} in ${cell.world}, seed ${cell.seed}`;
    if (world?.fingerprint !== dataset.fingerprint) {
      process.stderr.write(`${name}: the world is another one now.\n`);
      continue;
    }
    const { figures } = await trainEvidence(cellSetup(study, cell), dataset, backend);
    const differing = differingMetrics(cell.figures, keptFigures(figures));
    if (differing.length === 0) same++;
    process.stderr.write(
      `${name}: ${differing.length === 0 ? 'the same to the bit' : `differs in ${differing.join(', ')}`}\n`,
    );
  }
  process.stderr.write(`${same} of ${chosen.length} stored cells came out to the bit.\n`);
  return same === chosen.length;
}

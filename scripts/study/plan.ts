/** `npm run study -- --plan …`: trains what stored studies lack and writes them, with their pages in docs/evidence. */
import { SIZES } from '../../src/data/simulate';
import {
  assembleStudy,
  plannedSetup,
  type Trained,
  type TrainedCell,
} from '../../src/studies/evidence/assemble';
import { plannedCells, PLANS, type PlannedCell, type PlanOptions } from '../../src/studies/evidence/plans';
import { CLAIMING_PAPERS } from '../../src/studies/claims';
import { settingsKey } from '../../src/studies/setups';
import { versions } from '../../src/training/versions';
import type { Dataset } from '../../src/data/dataset';
import { flag, UsageError, type Flags } from '../lab/usage';
import { readTrained } from './evidenceCells';
import { writeEvidencePage } from './pages';
import { keptInStudy, readStored, writeStored } from './stored';
import { trainAll } from './trainAll';
import { readWorld } from './worlds';

/** Seeds that files are searched for, beyond those of this call. */
const SEEDS_KEPT = 20;

interface Asked extends PlanOptions {
  readonly plans: readonly (typeof PLANS)[number][];
  /** 0: train nothing, write what is there. */
  readonly jobs: number;
}

function wholeNumber(flags: Flags, name: string, usual: number, least: number): number {
  const given = flag(flags, name);
  const value = given === null ? usual : Number(given);
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`--${name} must be a whole number of at least ${least}.`);
  return value;
}

function chosen<T extends string>(flags: Flags, name: string, known: readonly T[]): readonly T[] {
  const given = flag(flags, name)?.split(',').filter(Boolean);
  return (given ?? known).map((word) => {
    const found = known.find((one) => one === word);
    if (found === undefined)
      throw new UsageError(`--${name} must be among ${known.join(', ')}, not "${word}".`);
    return found;
  });
}

function asked(flags: Flags): Asked {
  const OWN = ['plan', 'paper', 'jobs', 'seeds', 'worlds'];
  const other = [...flags.values.keys()].find((name) => !OWN.includes(name));
  if (other !== undefined)
    throw new UsageError(
      `A plan knows no --${other}; it takes ${OWN.map((name) => `--${name}`).join(', ')}.`,
    );
  const [size = 'small'] = chosen(flags, 'worlds', SIZES);
  return {
    plans: chosen(flags, 'plan', PLANS),
    papers: chosen(flags, 'paper', CLAIMING_PAPERS),
    jobs: wholeNumber(flags, 'jobs', 1, 0),
    seeds: wholeNumber(flags, 'seeds', 5, 1),
    size: flag(flags, 'worlds') === null ? 'small' : size,
  };
}

/** Cells that are the same run: those of a control that only scores otherwise, of several plans. */
function runKey(cell: PlannedCell): string {
  const { model, settings, training } = plannedSetup(cell);
  return JSON.stringify([cell.world, cell.seed, model, settingsKey(settings), settingsKey({ ...training })]);
}

/** What is known of worlds and of cells without training. */
class Known {
  private readonly worlds = new Map<string, Pick<Dataset, 'title' | 'fingerprint' | 'scenarios'>>();
  private readonly studies = new Map<string, Awaited<ReturnType<typeof readStored>>>();

  get datasets(): ReadonlyMap<string, Pick<Dataset, 'title' | 'fingerprint' | 'scenarios'>> {
    return this.worlds;
  }

  async fingerprint(world: string): Promise<string> {
    const known = this.worlds.get(world);
    if (known) return known.fingerprint;
    const { title, fingerprint, scenarios } = await readWorld(world);
    this.worlds.set(world, { title, fingerprint, scenarios });
    return fingerprint;
  }

  /** A cell that was trained before, by this computer or by who wrote the file. */
  async cell(cell: PlannedCell): Promise<TrainedCell | null> {
    const fingerprint = await this.fingerprint(cell.world);
    const kept = await readTrained(plannedSetup(cell), fingerprint);
    if (kept) return kept;
    if (!this.studies.has(cell.study)) this.studies.set(cell.study, await readStored(cell.study));
    return keptInStudy(this.studies.get(cell.study) ?? null, cell, fingerprint);
  }
}

/** Whether a cell was trained before runs had a figure that they have now: it counts until it is trained again. */
function lacksFigures({ figures }: TrainedCell): boolean {
  return 'votesError' in figures && !('votesErrorOwn' in figures);
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Seconds that cells will take: of the same variant before, else of all before; null where nothing was ever trained. */
export function expectedSeconds(
  pending: readonly PlannedCell[],
  before: ReadonlyMap<string, readonly number[]>,
): number | null {
  const usual = mean([...before.values()].flat());
  if (usual === null && pending.length > 0) return null;
  return pending.reduce((sum, { variant }) => sum + (mean(before.get(variant) ?? []) ?? usual ?? 0), 0);
}

const minutes = (seconds: number): string =>
  seconds < 90
    ? `${seconds.toFixed(0)} s`
    : seconds < 5400
      ? `${(seconds / 60).toFixed(0)} min`
      : `${(seconds / 3600).toFixed(1)} h`;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Every cell that any plan has of these studies and that is trained. */
async function gather(studies: readonly string[], asking: Asked, known: Known): Promise<Trained[]> {
  const options = {
    ...asking,
    papers: studies.filter((id) => id !== 'ranks'),
    seeds: Math.max(SEEDS_KEPT, asking.seeds),
  };
  const cells = PLANS.filter((plan) => plan !== 'ranks' || studies.includes('ranks')).flatMap((plan) =>
    plannedCells(plan, options),
  );
  const found: Trained[] = [];
  for (const cell of cells) {
    const trained = await known.cell(cell);
    if (trained) found.push({ cell, trained });
  }
  return found;
}

async function write(studies: readonly string[], asking: Asked, known: Known): Promise<void> {
  const cells = await gather(studies, asking, known);
  for (const id of studies) {
    const own = cells.filter(({ cell }) => cell.study === id);
    if (own.length === 0) continue;
    const study = assembleStudy(id, own, known.datasets, {
      date: new Date().toISOString(),
      backend: 'wasm',
      threads: 1,
      version: `scenarium ${versions['scenarium'] ?? ''}, tfjs ${versions['tfjs'] ?? ''}`,
    });
    await writeStored(study);
    const page = await writeEvidencePage(study);
    say(
      `Wrote ${study.cells.length} cells to public/studies/${id}.json${page ? ` and their tables to ${page}` : ''}.`,
    );
  }
}

/** @throws UsageError for flags that mean nothing */
export async function runPlan(flags: Flags): Promise<void> {
  const asking = asked(flags);
  const known = new Known();
  const pending = new Map<string, PlannedCell>();
  const seconds = new Map<string, number[]>();
  let kept = 0;
  const planned = asking.plans.flatMap((plan) => plannedCells(plan, asking));
  const seen = new Set<string>();
  for (const cell of planned) {
    const key = runKey(cell);
    if (seen.has(key)) continue;
    seen.add(key);
    const trained = await known.cell(cell);
    if (trained) seconds.set(cell.variant, [...(seconds.get(cell.variant) ?? []), trained.seconds]);
    if (trained && !lacksFigures(trained)) kept++;
    else pending.set(key, cell);
  }
  // Seed by seed over all plans: what is broken off is balanced.
  const queue = [...pending.values()].sort((a, b) => a.seed - b.seed);
  const jobs = Math.max(1, asking.jobs);
  const expected = expectedSeconds(queue, seconds);
  say(
    `${seen.size} runs, ${kept} of them kept, ${queue.length} to train` +
      (queue.length === 0
        ? '.'
        : expected === null
          ? '; how long it takes is told after the first.'
          : `: about ${minutes(expected / jobs)} with ${jobs} job${jobs === 1 ? '' : 's'}.`),
  );
  if (asking.jobs > 0) {
    const began = performance.now();
    let done = 0;
    let failed = 0;
    await trainAll(queue, jobs, (cell, answer) => {
      done++;
      if ('failure' in answer) failed++;
      const left = ((performance.now() - began) / 1000 / done) * (queue.length - done);
      const came = 'failure' in answer ? `failed: ${answer.failure}` : `${answer.seconds.toFixed(1)} s`;
      say(
        `${done}/${queue.length} ${cell.variant} in ${cell.world}, seed ${cell.seed}: ${came}; ${minutes(left)} left`,
      );
    });
    if (failed > 0) say(`${failed} runs failed and stand in no study.`);
  }
  const studies = [...new Set(planned.map(({ study }) => study))];
  await write(studies, asking, known);
}

/** `npm run study -- --plan …`: trains what stored studies lack and writes them, with their pages in docs/evidence. */
import { SIZES } from '../../src/data/simulate';
import {
  assembleStudy,
  plannedSetup,
  type Trained,
  type TrainedCell,
} from '../../src/studies/evidence/assemble';
import {
  plannedCells,
  PLANS,
  tunedCells,
  tunedRows,
  type PlannedCell,
  type PlanOptions,
  type TunedRow,
} from '../../src/studies/evidence/plans';
import { MAPS_STUDY } from '../../src/studies/evidence/knobMaps';
import { tunedIn } from '../../src/studies/evidence/tuned';
import { TUNING_DRAWS } from '../../src/studies/tuning';
import type { StoredStudy } from '../../src/studies/evidence/format';
import { keptFigures } from '../../src/studies/evidence/kept';
import { cellName, undecidedCells } from '../../src/studies/evidence/undecided';
import { CLAIMING_PAPERS } from '../../src/studies/claims';
import { settingsKey } from '../../src/studies/setups';
import { versions } from '../../src/training/versions';
import type { Dataset } from '../../src/data/dataset';
import { flag, namesOf, UsageError, type Flags } from '../lab/usage';
import { differingMetrics } from './check';
import { readDraw } from './draws';
import { readTrained } from './evidenceCells';
import { writeEvidencePage } from './pages';
import { keptInStudy, readStored, writeStored } from './stored';
import { trainAll } from './trainAll';
import { setupOfDraw, type Job } from './worker';
import { readWorld } from './worlds';

/** Seeds that files are searched for, beyond those of this call. */
const SEEDS_KEPT = 20;

interface Asked extends PlanOptions {
  readonly plans: readonly (typeof PLANS)[number][];
  /** 0: train nothing, write what is there. */
  readonly jobs: number;
  /** Draws of a row's tuning budget; null: rows as they come. */
  readonly tune: number | null;
  /** A figure: kept cells without it are trained again. */
  readonly refill: string | null;
  /** Only cells that undecided claims and hypotheses need, with as many seeds as each asks for, up to `seeds`. */
  readonly undecided: boolean;
  /** Ids of worlds that are trained; null: all of the plan's. */
  readonly world: readonly string[] | null;
}

function wholeNumber(flags: Flags, name: string, usual: number, least: number): number {
  const given = flag(flags, name);
  const value = given === null ? usual : Number(given);
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`--${name} must be a whole number of at least ${least}.`);
  return value;
}

function chosen<T extends string>(flags: Flags, name: string, known: readonly T[]): readonly T[] {
  return (namesOf(flags, name) ?? known).map((word) => {
    const found = known.find((one) => one === word);
    if (found === undefined)
      throw new UsageError(`--${name} must be among ${known.join(', ')}, not "${word}".`);
    return found;
  });
}

function asked(flags: Flags): Asked {
  const OWN = ['plan', 'paper', 'jobs', 'seeds', 'worlds', 'world', 'tune', 'refill', 'seeds-for'];
  const other = [...flags.values.keys()].find((name) => !OWN.includes(name));
  if (other !== undefined)
    throw new UsageError(
      `A plan knows no --${other}; it takes ${OWN.map((name) => `--${name}`).join(', ')}.`,
    );
  const worlds = flag(flags, 'worlds') ?? 'small';
  const size = SIZES.find((one) => one === worlds);
  if (size === undefined) throw new UsageError(`--worlds must be small, medium or large, not "${worlds}".`);
  const plans = chosen(flags, 'plan', PLANS);
  const tune = flag(flags, 'tune') === null ? null : wholeNumber(flags, 'tune', 1, 1);
  if (tune !== null && plans.join() !== 'tables')
    throw new UsageError('--tune goes with --plan tables and no other plan.');
  if (tune !== null && flag(flags, 'world') !== null)
    throw new UsageError('--world goes without --tune: rows are tuned on the twin of their table.');
  const seedsFor = flag(flags, 'seeds-for');
  if (seedsFor !== null && seedsFor !== 'undecided')
    throw new UsageError(`--seeds-for must be undecided, not "${seedsFor}".`);
  const undecided = seedsFor !== null;
  if (undecided && (tune !== null || plans.includes('ranks') || plans.includes('maps')))
    throw new UsageError('--seeds-for goes with --plan doses, claims and tables, of rows as they come.');
  return {
    plans,
    tune,
    papers: chosen(flags, 'paper', CLAIMING_PAPERS),
    jobs: wholeNumber(flags, 'jobs', 1, 0),
    refill: flag(flags, 'refill'),
    undecided,
    world: namesOf(flags, 'world'),
    seeds: wholeNumber(flags, 'seeds', undecided ? SEEDS_KEPT : 5, 1),
    size,
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
  private readonly studies = new Map<string, StoredStudy | null>();

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
    return kept ?? keptInStudy(await this.stored(cell.study), cell, fingerprint);
  }

  /**
   * How the draws of a row came out; null where some are not judged.
   *
   * @param draws how many; null: as many as the usual budget has, or as the study had that was written last
   */
  async losses(row: TunedRow, draws: number | null): Promise<readonly (number | null)[] | null> {
    const fingerprint = await this.fingerprint(row.world);
    const count = draws ?? TUNING_DRAWS;
    const judged = await Promise.all(
      Array.from({ length: count }, (_, draw) =>
        readDraw(setupOfDraw({ kind: 'draw', row, draw, draws: count }), fingerprint),
      ),
    );
    const losses = judged.flatMap((one) => (one ? [one.loss] : []));
    if (losses.length === count) return losses;
    const study = await this.stored(row.study);
    const tuned = study && tunedIn(study, row.world).get(row.variant)?.tuned;
    return tuned && (draws === null || tuned.losses.length === draws) ? tuned.losses : null;
  }

  async stored(id: string): Promise<StoredStudy | null> {
    const found = this.studies.has(id) ? (this.studies.get(id) ?? null) : await readStored(id);
    this.studies.set(id, found);
    return found;
  }
}

/** Whether a cell was trained before runs had a figure that hypotheses ask for, or that was asked for now: it counts until it is trained again. */
function lacksFigures({ figures }: TrainedCell, refill: string | null): boolean {
  return (
    ('votesError' in figures && !('votesErrorOwn' in figures)) || (refill !== null && !(refill in figures))
  );
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

/** Rows of main tables whose draws are all judged: by this computer, or as the study says that was written last. */
async function judgedRows(papers: readonly string[], asking: Asked, known: Known) {
  const rows = tunedRows({ ...asking, papers });
  const found = await Promise.all(
    rows.map(async (row) => ({ ...row, losses: await known.losses(row, asking.tune) })),
  );
  return found.flatMap(({ losses, ...row }) => (losses ? [{ ...row, losses }] : []));
}

/** Cells of the worlds that are asked for. @throws UsageError for a world that the plan does not have */
export function inWorlds(planned: readonly PlannedCell[], world: readonly string[] | null): PlannedCell[] {
  const known = [...new Set(planned.map((cell) => cell.world))];
  const other = world?.find((id) => !known.includes(id));
  if (other !== undefined) throw new UsageError(`--world must be among ${known.join(', ')}, not "${other}".`);
  return planned.filter((cell) => world === null || world.includes(cell.world));
}

/** Every cell that any plan has of these studies and that is trained. */
async function gather(studies: readonly string[], asking: Asked, known: Known): Promise<Trained[]> {
  const options = {
    ...asking,
    papers: studies.filter((id) => CLAIMING_PAPERS.includes(id)),
    seeds: Math.max(SEEDS_KEPT, asking.seeds),
  };
  // Two plans have a study of their own, named as they are, of all papers.
  const ofAll: readonly string[] = ['ranks', MAPS_STUDY];
  const cells = PLANS.filter((plan) => !ofAll.includes(plan) || studies.includes(plan)).flatMap((plan) =>
    plannedCells(plan, ofAll.includes(plan) ? { ...options, papers: CLAIMING_PAPERS } : options),
  );
  cells.push(...tunedCells(await judgedRows(options.papers, asking, known), options.seeds));
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

const nameOf = (job: Job): string =>
  job.kind === 'cell'
    ? `${job.cell.variant} in ${job.cell.world}, seed ${job.cell.seed}`
    : `${job.row.variant} in ${job.row.world}, draw ${job.draw + 1} of ${job.draws}`;

/** Trains what is pending and tells of each. */
async function train(pending: readonly Job[], jobs: number): Promise<void> {
  const began = performance.now();
  let done = 0;
  let failed = 0;
  await trainAll(pending, jobs, (job, answer) => {
    done++;
    if ('failure' in answer) failed++;
    const left = ((performance.now() - began) / 1000 / done) * (pending.length - done);
    const came = 'failure' in answer ? `failed: ${answer.failure}` : `${answer.seconds.toFixed(1)} s`;
    say(`${done}/${pending.length} ${nameOf(job)}: ${came}; ${minutes(left)} left`);
  });
  if (failed > 0) say(`${failed} runs failed and stand in no study.`);
}

/** Judges the draws that are missing and gives the cells of rows whose draws are all judged. */
async function tunedPlan(asking: Asked, draws: number, known: Known): Promise<PlannedCell[]> {
  const pending = new Map<string, Job>();
  for (const row of tunedRows(asking)) {
    if (await known.losses(row, draws)) continue;
    const fingerprint = await known.fingerprint(row.world);
    for (let draw = 0; draw < draws; draw++) {
      const job = { kind: 'draw', row, draw, draws } as const;
      const setup = setupOfDraw(job);
      // Rows of several papers on one twin are the same draws.
      if (!(await readDraw(setup, fingerprint))) pending.set(JSON.stringify(setup), job);
    }
  }
  if (pending.size > 0) {
    say(
      `${pending.size} draws to judge first, then ${asking.seeds} seeds a row: at 4 s a run about ${minutes((pending.size * 4 * (1 + asking.seeds / draws)) / Math.max(1, asking.jobs))} in all.`,
    );
    if (asking.jobs > 0) await train([...pending.values()], asking.jobs);
  }
  return tunedCells(await judgedRows(asking.papers, asking, known), asking.seeds);
}

/** Says whether cells that were trained again for a further figure came out as they were. */
async function sayWhetherSame(before: ReadonlyMap<PlannedCell, TrainedCell>, known: Known): Promise<void> {
  let same = 0;
  for (const [cell, was] of before) {
    const now = await known.cell(cell);
    const differing = now
      ? differingMetrics(keptFigures(was.figures), keptFigures(now.figures))
      : ['everything: it was not trained'];
    if (differing.length === 0) same++;
    else say(`${cell.variant} in ${cell.world}, seed ${cell.seed} differs in ${differing.join(', ')}.`);
  }
  if (before.size > 0)
    say(`${same} of ${before.size} cells that were trained again came out to the bit, with figures besides.`);
}

/** Cells that a call asks for. */
async function plannedOf(asking: Asked, known: Known): Promise<PlannedCell[]> {
  if (asking.tune !== null) return tunedPlan(asking, asking.tune, known);
  const planned = inWorlds(
    asking.plans.flatMap((plan) => plannedCells(plan, asking)),
    asking.world,
  );
  if (!asking.undecided) return planned;
  const found: PlannedCell[] = [];
  for (const paper of asking.papers) {
    const study = await known.stored(paper);
    if (!study) continue;
    const { cells, within, beyond } = undecidedCells(study, asking.seeds);
    const wanted = new Set(cells);
    const chosenCells = planned.filter((cell) => cell.study === paper && wanted.has(cellName(cell)));
    say(
      `${paper}: ${within + beyond} claims and hypotheses are undecided in a world; ${within} of them have a verdict ` +
        `four times in five with up to ${asking.seeds} seeds, ${beyond} ask for more and are left out.`,
    );
    found.push(...chosenCells);
  }
  return found;
}

/** @throws UsageError for flags that mean nothing */
export async function runPlan(flags: Flags): Promise<void> {
  const asking = asked(flags);
  const known = new Known();
  const pending = new Map<string, PlannedCell>();
  const seconds = new Map<string, number[]>();
  let kept = 0;
  const planned = await plannedOf(asking, known);
  /** Cells that count and are trained again for a figure, as they were. */
  const before = new Map<PlannedCell, TrainedCell>();
  const seen = new Set<string>();
  for (const cell of planned) {
    const key = runKey(cell);
    if (seen.has(key)) continue;
    seen.add(key);
    const trained = await known.cell(cell);
    if (trained) seconds.set(cell.variant, [...(seconds.get(cell.variant) ?? []), trained.seconds]);
    if (trained && !lacksFigures(trained, asking.refill)) kept++;
    else pending.set(key, cell);
    if (trained && pending.has(key)) before.set(cell, trained);
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
  if (asking.jobs > 0)
    await train(
      queue.map((cell) => ({ kind: 'cell', cell })),
      jobs,
    );
  if (asking.jobs > 0) await sayWhetherSame(before, known);
  const studies = [...new Set(planned.map(({ study }) => study))];
  await write(studies, asking, known);
}

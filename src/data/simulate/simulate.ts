import { openAudience } from './audience';
import { clickProbability, commonIntercept, drawLabels, interceptAt, rowsByScenario } from './clicks';
import { exposeAll, type Exposures } from './exposures';
import { HISTORY_FIELDS, simulatedColumns, simulatedFields } from './fields';
import { recallAll } from './histories';
import { relatednessOf } from './interests';
import { KNOBS } from './knobs';
import { layPlan, type Plan } from './plan';
import { roundTo12Bits } from './arithmetic';
import { GENERATOR_VERSION, worldOf, type SimulationRequest, type SimulationSettings } from './settings';
import { fingerprintOf } from '../format/fingerprint';
import { SPLIT, type Dataset, type Scenario } from '../dataset';
import type { World } from './world';

/** Changes that a name says one by one. */
const MOST_NAMED = 3;

/** A world that differs from its twin is named by its changes: `Ali-CCP … (simulated twin), Conflict 0.5`. */
function worldTitle({ twin, knobs }: World): string {
  const changed = KNOBS.filter(({ name }) => knobs[name] !== twin.knobs[name]).map(
    ({ name, label }) => `${label} ${Number(knobs[name].toPrecision(6))}`,
  );
  const more = changed.length - MOST_NAMED;
  return [twin.title, ...changed.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** How far a simulation is. */
export interface SimulationProgress {
  readonly stage: 'people' | 'exposures' | 'clicks' | 'histories' | 'columns';
  /** 0…1 over all stages. */
  readonly share: number;
}

/** Rows between two reports. */
const CHUNK = 8192;

function* scaled<T>(
  stage: SimulationProgress['stage'],
  from: number,
  to: number,
  work: Generator<number, T>,
): Generator<SimulationProgress, T> {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
    yield { stage, share: from + (to - from) * next.value };
  }
}

/** Position of every row when rows are ordered by user and then time. */
function placesByUser(user: Int32Array, users: number): Int32Array {
  const starts = new Int32Array(users + 1);
  for (let row = 0; row < user.length; row++) starts[user[row]! + 1]!++;
  for (let u = 0; u < users; u++) starts[u + 1]! += starts[u]!;
  const place = new Int32Array(user.length);
  for (let row = 0; row < user.length; row++) place[row] = starts[user[row]!]!++;
  return place;
}

/** Values at their places: `out[place[row]] = value(row)`. */
function placed<T extends { [index: number]: number }>(
  out: T,
  place: Int32Array,
  value: (row: number) => number,
): T {
  for (let row = 0; row < place.length; row++) out[place[row]!] = value(row);
  return out;
}

function scenariosOf(
  world: World,
  plan: Plan,
  label: Float32Array,
  lists: readonly Int32Array[],
): Scenario[] {
  return world.twin.scenarios.map((spec, s) => {
    let clicks = 0;
    for (const row of lists[s]!) clicks += label[row]!;
    return {
      id: spec.id,
      name: spec.name,
      group: spec.group,
      share: spec.share,
      clickRate: clicks / lists[s]!.length,
    };
  });
}

/**
 * All of a simulation but the fingerprint, in steps: pull to go on, drop to cancel.
 * @param world the request's world, or one of a specification that is in no catalogue.
 */
export function* simulateSteps(
  request: SimulationRequest,
  world: World = worldOf(request),
): Generator<SimulationProgress, Omit<Dataset, 'fingerprint'>> {
  const { twin } = world;
  const n = twin.scenarios.length;
  yield { stage: 'people', share: 0.02 };
  const audience = yield* scaled('people', 0.02, 0.1, openAudience(world));
  const plan = layPlan(world);
  const exposures: Exposures = yield* scaled('exposures', 0.1, 0.45, exposeAll(world, audience, plan, CHUNK));

  const lists = rowsByScenario(plan, n);
  const intercepts = new Float64Array(n);
  const common = commonIntercept(world, plan, exposures);
  const probability = new Float32Array(plan.rows);
  const label = new Float32Array(plan.rows);
  for (let s = 0; s < n; s++) {
    const rows = lists[s]!;
    intercepts[s] = interceptAt(world, exposures, rows, s, common);
    for (const row of rows) {
      probability[row] = clickProbability(exposures.prominence[row]!, intercepts[s]!, exposures.logit[row]!);
    }
    const parts = [SPLIT.train, SPLIT.validation, SPLIT.test].map((split) =>
      rows.filter((row) => plan.split[row] === split),
    );
    drawLabels(world, s, parts, probability, label);
    yield { stage: 'clicks', share: 0.45 + (0.15 * (s + 1)) / n };
  }

  const place = placesByUser(exposures.user, world.users.count);
  const recall = recallAll(world, audience, plan, exposures, label, intercepts, place, CHUNK);
  const recalled = yield* scaled('histories', 0.6, 0.9, recall);
  const fields = simulatedFields(world);
  const columns = yield* scaled('columns', 0.9, 0.98, simulatedColumns(world, plan, exposures, place));
  const timestamp = placed(new Float64Array(plan.rows), place, (row) => plan.timestamp[row]!);
  const names = fields.map((field) => field.name);
  const itemFields = HISTORY_FIELDS.map((name) => names.indexOf(name));
  const settings: SimulationSettings = {
    generator: GENERATOR_VERSION,
    twin,
    knobs: { ...world.knobs },
    intercepts: Array.from(intercepts),
  };
  return {
    id: datasetId(request),
    title: worldTitle(world),
    source: { kind: 'simulated', twin: twin.id, size: request.size, seed: request.seed, settings },
    scenarios: scenariosOf(world, plan, label, lists),
    fields,
    vocabularySize: fields.reduce((sum, field) => sum + field.size, 1),
    rows: plan.rows,
    columns,
    scenario: placed(new Int16Array(plan.rows), place, (row) => plan.scenario[row]!),
    label: placed(new Float32Array(plan.rows), place, (row) => label[row]!),
    timestamp,
    split: placed(new Uint8Array(plan.rows), place, (row) => plan.split[row]!),
    weight: placed(new Float32Array(plan.rows), place, (row) => roundTo12Bits(plan.weight[row]!)),
    history: recalled.length > 0 ? { ...recalled, itemFields } : null,
    truth: {
      probability: placed(new Float32Array(plan.rows), place, (row) => probability[row]!),
      match: placed(new Float32Array(plan.rows), place, (row) => roundTo12Bits(exposures.match[row]!)),
      prominence: placed(new Float32Array(plan.rows), place, (row) =>
        roundTo12Bits(exposures.prominence[row]!),
      ),
      intervened: placed(new Uint8Array(plan.rows), place, (row) => exposures.intervened[row]!),
      propensity:
        exposures.propensity &&
        placed(new Float32Array(plan.rows), place, (row) => roundTo12Bits(exposures.propensity![row]!)),
    },
    relatedness: relatednessOf(world.weights, world.knobs.conflict),
    warnings: [],
  };
}

/** The id of a simulated dataset: the twin's own for its small size, seed 1 and its own knobs; else with what differs. */
export function datasetId(request: SimulationRequest): string {
  const parts = [request.twin];
  if (request.size !== 'small') parts.push(request.size);
  if (request.seed !== 1) parts.push(`seed${request.seed}`);
  for (const [name, value] of Object.entries(request.knobs)) parts.push(`${name}${value}`);
  return parts.join('-');
}

export interface SimulateOptions {
  readonly onProgress?: (progress: SimulationProgress) => void;
  /** Cancels between two chunks. */
  readonly signal?: AbortSignal;
}

/**
 * Simulates a dataset. Between chunks it gives the thread back, so a worker goes on answering.
 * @throws RangeError where the request is wrong; the signal's reason where it is aborted.
 */
export async function simulate(
  request: SimulationRequest,
  options: SimulateOptions = {},
  world?: World,
): Promise<Dataset> {
  const steps = simulateSteps(request, world);
  let rested = Date.now();
  for (;;) {
    options.signal?.throwIfAborted();
    const next = steps.next();
    if (next.done) {
      const fingerprint = await fingerprintOf(next.value);
      options.onProgress?.({ stage: 'columns', share: 1 });
      return { ...next.value, fingerprint };
    }
    options.onProgress?.(next.value);
    if (Date.now() - rested > 30) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      rested = Date.now();
    }
  }
}

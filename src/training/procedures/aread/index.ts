/**
 * Training of AREAD (Algorithm 1): warm up without masks, search masks, then ordinary steps under them with a new search
 * every so many.
 */
import { expertCounts } from '../../../models/papers/aread/expertSizes';
import { areadTraining } from '../../../models/papers/aread/settings';
import type { AreadSettings } from '../../../models/papers/aread/settings';
import { maskLayout } from '../../../models/papers/aread/masks';
import { scenarioFieldIndex } from '../../../models/papers/aread/domainQuery';
import { searchProbes } from '../../../models/papers/aread/probes';
import { probeValue } from '../../probeValues';
import type { ProbeValue, TrainingEvent } from '../../events';
import { defineProcedure, type ProcedurePosition } from '../../procedure';
import type { Trainer, TrainingLoop } from '../../trainer';
import { augment, augmentationCounts } from './augment';
import { readTensor } from '../../../engine';
import { maskDensity, maskOverlap, randomOverlap } from '../../../models/papers/aread/maskReading';
import { searchDue, searchesIn, searchPlan } from './schedule';
import { beginSearch, runSearch } from './search';
import type { SearchContext, SearchProgress, SearchTrainer } from './search';
import { presentMasks, statesOf } from './states';
import { trialRows } from './trialBatches';

type AreadTrainer = TrainingLoop & SearchTrainer & Pick<Trainer, 'trainingRows'>;

/** JSON part of a position. */
interface State {
  /** Searches that are done. */
  readonly searches: number;
  /** Next scenario of the search under way, or null. */
  readonly scenario: number | null;
}

const THETA = 'theta.';

/** Where the run stands; `search` is set while one is under way. */
interface Progress {
  searches: number;
  search: SearchProgress | null;
}

function toPosition({ searches, search }: Progress): ProcedurePosition {
  const state: State = { searches, scenario: search?.scenario ?? null };
  if (!search) return { state, arrays: {} };
  const { gates, masks, scores, chosen, density, theta } = search;
  const copies = Object.entries({ gates, masks, scores, chosen, density }).map(
    ([name, values]) => [name, values.slice()] as const,
  );
  const weights = Object.entries(theta).map(([name, values]) => [THETA + name, values] as const);
  return { state, arrays: Object.fromEntries([...copies, ...weights]) };
}

/** @throws RangeError where an array of the search is missing. */
function fromPosition({ state, arrays }: ProcedurePosition): Progress {
  const { searches, scenario } = state as State;
  if (scenario === null) return { searches, search: null };
  const arrayOf = (name: string): Float32Array => {
    const values = arrays[name];
    if (!values) throw new RangeError(`The saved mask search lacks "${name}"; start the run anew.`);
    return Float32Array.from(values);
  };
  const theta = Object.fromEntries(
    Object.keys(arrays)
      .filter((name) => name.startsWith(THETA))
      .map((name) => [name.slice(THETA.length), arrayOf(name)]),
  );
  const search: SearchProgress = {
    search: searches,
    scenario,
    theta,
    gates: arrayOf('gates'),
    masks: arrayOf('masks'),
    scores: arrayOf('scores'),
    chosen: arrayOf('chosen'),
    density: arrayOf('density'),
  };
  return { searches, search };
}

/** Numbers of a finished search; undefined where no candidate was tried or chosen. */
function searchResults(search: SearchProgress, settings: AreadSettings): ProbeValue[] {
  const n = search.chosen.length;
  const candidates = settings.numCandidates;
  const steps = settings.trialSteps + 1;
  const scores = Array.from(search.scores, (score) => (score >= 0 ? score : null));
  const chosen = scores.map((score, at) =>
    score === null ? null : Number(search.chosen[Math.floor(at / candidates)] === at % candidates),
  );
  const density = Array.from(search.density, (share, at) =>
    search.chosen[Math.floor(at / steps)]! >= 0 ? share : null,
  );
  return [
    probeValue(searchProbes.candidateScores, [n, candidates], scores),
    probeValue(searchProbes.chosenCandidate, [n, candidates], chosen),
    probeValue(searchProbes.density, [n, steps], density),
  ];
}

/** What a run's searches came to, one sentence: how many, Z of the last, and density and overlap of the masks that it left. */
async function maskSummary({ trainer, settings, layout }: SearchContext, searches: number): Promise<string> {
  const n = trainer.dataset.scenarios.length;
  const states = statesOf(trainer, layout);
  const read = await Promise.all(
    states.masks.map(async (mask) => [mask.name, await readTensor(mask)] as const),
  );
  const masks = presentMasks(Object.fromEntries(read), states, layout, n);
  const density = maskDensity(masks);
  const overlap = maskOverlap(layout, masks);
  const pairs = n * (n - 1);
  // Every scenario overlaps with itself by 1.
  const mean = pairs > 0 ? (overlap.reduce((sum, one) => sum + one, 0) - n) / pairs : null;
  const { candidates } = searchPlan(settings, searches - 1);
  const of = `After ${searches === 1 ? 'one search' : `${searches} searches`}, Z = ${candidates} in the last, masks keep ${density.toFixed(2)} of the edges`;
  return mean === null
    ? `${of}.`
    : `${of}; two scenarios’ overlap by ${mean.toFixed(2)}, random ones of that density by ${randomOverlap(density).toFixed(2)}.`;
}

/** What a search needs of the data: the rows of every scenario, with the added ones. */
function prepare(
  trainer: AreadTrainer,
  settings: AreadSettings,
): { context: SearchContext; events: TrainingEvent[] } {
  const { dataset, trainingRows, seed } = trainer;
  const events: TrainingEvent[] = [];
  const added = settings.aug
    ? augment(dataset, trainingRows, {
        ratio: settings.rAug,
        popularity: settings.popularity,
        quantile: settings.popularityQuantile,
        minorShare: settings.minorShare,
        seed,
      })
    : null;
  if (added?.reason) events.push({ kind: 'message', step: trainer.step, text: added.reason });
  if (added) {
    const n = dataset.scenarios.length;
    const counts = probeValue(searchProbes.augmentation, [n, n], augmentationCounts(dataset, added));
    events.push({ kind: 'procedure-probe', step: trainer.step, probe: counts });
  }
  const context: SearchContext = {
    trainer,
    settings,
    layout: maskLayout(expertCounts(settings)),
    rows: trialRows(dataset, trainingRows, added),
    field: scenarioFieldIndex({ fields: dataset.fields, scenarios: dataset.scenarios.length }),
  };
  return { context, events };
}

async function* train(
  trainer: AreadTrainer,
  settings: AreadSettings,
  progress: Progress,
): AsyncGenerator<TrainingEvent, void, void> {
  const { context, events } = prepare(trainer, settings);
  yield* events;
  const { warmup } = settings;
  const searches = searchesIn(settings, trainer.training.steps);
  /** Weights count once masks acted in a step; before the last search the masks are not yet what the schedule makes of them. */
  const judging = () => ({
    mayBeBest: searches === 0 || (progress.searches > 0 && trainer.step > warmup),
    mayEnd: progress.searches >= searches,
  });
  // A run that goes on may have stopped between a step and its evaluation.
  let exhausted = trainer.step > 0 ? yield* trainer.afterStep(judging()) : false;
  while (!exhausted && !trainer.stopping && trainer.step < trainer.training.steps) {
    if (searchDue(settings, trainer.step, progress.searches)) {
      progress.search ??= await beginSearch(context, progress.searches);
      const found = yield* runSearch(context, progress.search);
      if (!found) break;
      const results = searchResults(progress.search, settings);
      progress.search = null;
      progress.searches++;
      for (const result of results) yield { kind: 'procedure-probe', step: trainer.step, probe: result };
      continue;
    }
    trainer.train(trainer.nextBatch());
    exhausted = yield* trainer.afterStep(judging());
  }
  progress.search = null;
  if (progress.searches > 0)
    yield { kind: 'message', step: trainer.step, text: await maskSummary(context, progress.searches) };
  yield await trainer.finish(exhausted ? 'early-stop' : trainer.stopping ? 'stopped' : 'steps');
}

export const areadProcedure = defineProcedure(areadTraining, (trainer: AreadTrainer, settings, from) => {
  const progress: Progress = from ? fromPosition(from) : { searches: 0, search: null };
  return { events: train(trainer, settings, progress), position: () => toPosition(progress) };
});

/**
 * SAR-Net's training: steps with a coefficient of 1, then, every so many, the log is scored by the inference path and every row gets its
 * item's fairness coefficient (Eq 1), which weighs the loss and feeds the bias nets.
 *
 * The paper scores each day's log with the model of the day before; so many steps, or an epoch, stand for a day here. A step can be the
 * best only after the first table, also where nothing reads it: what the rows of Table 5 compare must not differ in when they stop.
 */
import { assignState, uniformAt } from '../../../engine';
import { exposureShares, fairnessDrift, fairnessProbes } from './probes';
import { limitedCoefficients, quantileBoundaries } from './coefficients';
import { itemField } from '../itemField';
import type { Dataset } from '../../../data/dataset';
import type { TrainingEvent } from '../../events';
import { defineProcedure, type ProcedurePosition, type StartedProcedure } from '../../procedure';
import { sarnetTraining, type SarNetSettings } from '../../../models/papers/sarnet/settings';
import type { Trainer, TrainingLoop } from '../../trainer';

type SarnetTrainer = TrainingLoop &
  Pick<Trainer, 'model' | 'dataset' | 'trainingRows' | 'layout' | 'seed' | 'readBatch' | 'predict'>;

/** Rows with a coefficient below this were shown more than they earn. */
const OVER_EXPOSED = 0.8;
/** Batches scored between two safe points of a refresh. */
const CHUNK = 4;
/** Deciles of log FC for bias nets that read buckets. */
const BUCKETS = 10;

interface State {
  /** Refreshes done. */
  readonly refreshes: number;
  /** Training rows scored in the refresh under way, or null. */
  readonly scored: number | null;
  /** Step of the latest refresh; absent in checkpoints of earlier versions. */
  readonly refreshed?: number;
}

/** Steps before the first table and between two. @param perEpoch steps of an epoch, 0 where the rows fill no batch */
function refreshSteps(settings: SarNetSettings, perEpoch: number): { first: number; every: number } {
  const epoch = Math.max(1, perEpoch);
  return {
    first: settings.firstRefresh || settings.fairnessWarmup * epoch,
    every: settings.refreshEvery || settings.fairnessRefresh * epoch,
  };
}

/** The item of each row `[rows]`. @throws RangeError where the data has no item field */
function itemColumn(dataset: Dataset): Int32Array {
  const column = dataset.columns[itemField(dataset) ?? -1];
  if (!column) throw new RangeError('Fairness coefficients need an item column; map one column as item.');
  return column;
}

/** The item's category: the item field named so, or the one with the fewest values. */
function categoryField(dataset: Dataset): number {
  const items = dataset.fields.flatMap((field, index) => (field.role === 'item' ? [index] : []));
  const size = (index: number): number => dataset.fields[index]!.size;
  return (
    items.find((index) => /categ/i.test(dataset.fields[index]!.name)) ??
    items.reduce((least, index) => (size(index) < size(least) ? index : least))
  );
}

const isState = (value: unknown): value is State =>
  typeof value === 'object' && value !== null && typeof (value as State).refreshes === 'number';

function start(
  trainer: SarnetTrainer,
  settings: SarNetSettings,
  from: ProcedurePosition | null,
): StartedProcedure {
  const { dataset, trainingRows, layout } = trainer;
  const item = itemColumn(dataset);
  const category = categoryField(dataset);
  const coefficient = new Float32Array(dataset.rows).fill(1);
  const scores = new Float32Array(trainingRows.length);
  const given = from && isState(from.state) ? from.state : null;
  let refreshes = given?.refreshes ?? 0;
  let scored = given?.scored ?? null;
  if (from?.arrays['fairness']) coefficient.set(from.arrays['fairness']);
  if (from?.arrays['scores']) scores.set(from.arrays['scores']);

  const { subSample } = settings;
  const { first, every } = refreshSteps(settings, Math.floor(trainingRows.length / layout.batch));
  /** Where an earlier version did not keep it, the latest refresh was where its schedule had it. */
  let refreshed = given?.refreshed ?? first + Math.max(0, refreshes - 1) * every;
  const used = settings.biasNet || settings.biasLoss || subSample !== 'off';
  const keepShare = subSample === 'off' ? 1 : Number(subSample);

  /** Step after which the next refresh is due. */
  const dueAt = (): number => (refreshes === 0 ? first : refreshed + every);
  const judging = () => ({ mayBeBest: trainer.step > first });

  /** One training batch with its coefficients; over-exposed rows may be left out (their places are padding). */
  function nextBatch() {
    const batch = trainer.nextBatch({ fairness: coefficient });
    if (keepShare === 1) return batch;
    const rows = batch.rows
      .subarray(0, batch.count)
      .filter(
        (row) =>
          coefficient[row]! >= OVER_EXPOSED || uniformAt(trainer.seed, 'sub-sampling', row) < keepShare,
      );
    return trainer.readBatch(rows, { fairness: coefficient });
  }

  async function* refresh(): AsyncGenerator<TrainingEvent, void, void> {
    scored ??= 0;
    while (scored < trainingRows.length) {
      if (trainer.stopping) return;
      const rows: Int32Array = trainingRows.subarray(scored, scored + CHUNK * layout.batch);
      scores.set((await trainer.predict(rows)).probability, scored);
      scored += rows.length;
      yield {
        kind: 'phase',
        step: trainer.step,
        name: 'fairness coefficients',
        done: scored,
        total: trainingRows.length,
      };
    }
    const scenario = Int16Array.from(trainingRows, (row) => dataset.scenario[row]!);
    const clicks = settings.fairnessNumerator === 'clicks';
    const limited = limitedCoefficients(
      {
        item: trainingRows.map((row) => item[row]!),
        scenario,
        value: clicks ? Float32Array.from(trainingRows, (row) => dataset.label[row]!) : scores,
      },
      { limit: settings.fairnessLimit, minimum: settings.fairnessMinimum },
    );
    const before = refreshes > 0 ? Float32Array.from(trainingRows, (row) => coefficient[row]!) : null;
    trainingRows.forEach((row, i) => (coefficient[row] = limited[i]!));
    const boundaries = trainer.model.states.find(({ name }) => name === 'fairnessBoundaries');
    if (boundaries) assignState(boundaries, quantileBoundaries(limited.map(Math.log), BUCKETS));
    refreshes++;
    refreshed = trainer.step;
    scored = null;
    const intervened = dataset.truth && trainingRows.length > 0 ? dataset.truth.intervened : null;
    const probes = fairnessProbes(
      limited,
      scenario,
      dataset.scenarios.length,
      intervened && Uint8Array.from(trainingRows, (row) => intervened[row]!),
    );
    probes.push(
      fairnessDrift(before, limited, scenario, dataset.scenarios.length),
      exposureShares(
        trainingRows.map((row) => dataset.columns[category]![row]!),
        scores,
        dataset.fields[category]!.size,
      ),
    );
    for (const probe of probes) yield { kind: 'procedure-probe', step: trainer.step, probe };
  }

  async function* train(): AsyncGenerator<TrainingEvent, void, void> {
    let exhausted = trainer.step > 0 ? yield* trainer.afterStep(judging()) : false;
    while (!exhausted && !trainer.stopping && trainer.step < trainer.training.steps) {
      if (used && trainer.step >= dueAt()) yield* refresh();
      if (trainer.stopping) break;
      trainer.train(nextBatch());
      exhausted = yield* trainer.afterStep(judging());
    }
    yield await trainer.finish(exhausted ? 'early-stop' : trainer.stopping ? 'stopped' : 'steps');
  }

  return {
    events: train(),
    position: () => ({
      state: { refreshes, scored, refreshed } satisfies State,
      arrays: { fairness: coefficient.slice(), ...(scored === null ? {} : { scores: scores.slice() }) },
    }),
  };
}

export const sarnetProcedure = defineProcedure(sarnetTraining, start);

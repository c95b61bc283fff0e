// @vitest-environment jsdom
/** A kept run on show, as the page's stores select it, against the text of its export, for any run of any model. */
import { cleanup, render, renderHook, waitFor, within } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Controls } from '../src/app/pages/lab/Controls';
import { ScenarioTable } from '../src/app/pages/lab/ScenarioTable';
import { pictures } from '../src/app/pictures';
import { scenarioRows } from '../src/app/runs/scenarioRows';
import { CurrentRun } from '../src/app/store/currentRun';
import { RunActionsProvider } from '../src/app/store/runActions';
import type { RunActions } from '../src/app/store/runActions';
import { openRun, useRuns } from '../src/app/store/runs';
import type { RunView } from '../src/app/store/runView';
import { useSetup } from '../src/app/store/setup';
import { useKeptRun } from '../src/app/store/shownRun';
import { findModel, models } from '../src/models/registry';
import type { SettingField, SettingFields, SettingValue } from '../src/models/settings';
import { parseSetup } from '../src/training/parseSetup';
import { noTimings, recordOfRun } from '../src/training/recordRun';
import { emptyRunState, reduceRun } from '../src/training/reduceRun';
import { recordToText } from '../src/training/runFile/recordText';
import type { RunRecord, RunSetup } from '../src/training/runRecord';
import { trainingFields } from '../src/training/settings';
import { defaultSetup } from '../src/training/setup';
import { eventStreams } from './support/eventStream';

function valueOf(field: SettingField): fc.Arbitrary<SettingValue> {
  switch (field.type) {
    case 'int':
      return fc.integer({ min: field.min, max: Math.min(field.max, 2 ** 30) });
    case 'real':
      return fc.double({ min: field.min, max: field.max, noNaN: true }).map((x) => x + 0);
    case 'toggle':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...field.options);
    case 'widths':
      return fc.array(fc.integer({ min: field.min, max: field.max }), {
        minLength: 1,
        maxLength: field.maxLayers,
      });
  }
}

const valuesOf = (fields: SettingFields) =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valueOf(field)])));

/** Any set-up that some model's schema takes, settings that contradict each other left out. */
const setups: fc.Arbitrary<RunSetup> = fc
  .constantFrom(...models.map(({ id }) => id))
  .chain((model) =>
    fc.record({
      model: fc.constant(model),
      settings: valuesOf(findModel(model).fields),
      training: valuesOf(trainingFields),
      dataset: fc.constantFrom('aliccp-3', 'conflict-4', 'aliccp-3-conflict0.5', 'my-file'),
      seed: fc.nat(),
      backend: fc.constantFrom('auto' as const, 'webgpu' as const, 'wasm' as const, 'cpu' as const),
    }),
  )
  .map((setup) => {
    try {
      return parseSetup(setup as unknown as RunSetup);
    } catch {
      return null;
    }
  })
  .filter((setup) => setup !== null);

const records: fc.Arbitrary<RunRecord> = fc
  .record({ setup: setups, events: eventStreams, end: fc.nat(), id: fc.uuid() })
  .map(({ setup, events, end, id }) =>
    recordOfRun(events.slice(0, 1 + (end % events.length)).reduce(reduceRun, emptyRunState), {
      id,
      name: `Run ${id}`,
      createdAt: '2026-01-01T00:00:00Z',
      setup,
      versions: {},
      status: 'interrupted',
      failure: null,
      timings: noTimings,
    }),
  );

/** What another program reads in the exported file. */
interface Exported {
  readonly setup: RunSetup;
  readonly scenarios: readonly { readonly share: number }[];
  readonly ceilings: RunRecord['ceilings'];
  readonly final: RunRecord['final'];
  readonly history: RunRecord['history'];
}
const exported = (record: RunRecord): Exported => JSON.parse(recordToText(record)) as Exported;

const storeOf = (record: RunRecord) => ({ get: async () => structuredClone(record), list: async () => [] });
const actionsOf = (record: RunRecord) =>
  ({
    current: new CurrentRun(defaultSetup()),
    client: { runs: storeOf(record), catalogue: async () => [] },
  }) as unknown as RunActions;

/** Puts a run on show beside another set-up that a person edits, as a press in the list does. */
async function show(record: RunRecord): Promise<RunView> {
  useRuns.setState({ list: [], views: new Map() });
  useSetup.setState({ setup: defaultSetup(), shownRun: record.id });
  await openRun(storeOf(record) as unknown as Parameters<typeof openRun>[0], record.id);
  const { result, unmount } = renderHook(() => useKeptRun(useSetup.getState().shownRun), {
    wrapper: ({ children }) => <RunActionsProvider value={actionsOf(record)}>{children}</RunActionsProvider>,
  });
  await waitFor(() => expect(result.current).not.toBeNull());
  const view = result.current!;
  unmount();
  return view;
}

beforeEach(() => {
  vi.stubGlobal(
    'matchMedia',
    () => ({ matches: false, addEventListener: () => undefined }) as unknown as MediaQueryList,
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('any kept run on show', () => {
  it('has the settings, ceilings and means of its export, whatever is set for the next run', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (record) => {
        const file = exported(record);
        const view = await show(record);
        expect(view.current).toBe(false);
        expect(view.setup).toEqual(file.setup);
        expect(view.ceilings).toEqual(file.ceilings);
        // The metrics that count: those of test rows, else of the last evaluation.
        const metrics = file.final ?? file.history.at(-1)?.metrics ?? null;
        for (const kind of ['noiseFree', 'drawn'] as const) {
          const rows = scenarioRows(view, kind, null);
          expect(rows).toHaveLength(file.scenarios.length);
          rows.forEach((row, s) => {
            expect(row.ceiling).toBe(file.ceilings?.scenarios[s] ?? null);
            const own = metrics?.scenarios[s];
            expect(row.rows).toBe(own?.rows ?? null);
            if (kind === 'noiseFree') expect(row.auc).toBe(own?.noiseFreeAuc ?? null);
            expect(row.logLoss).toBe(own?.logLoss ?? null);
          });
        }
        expect(view.final?.domainAuc ?? null).toBe(file.final?.domainAuc ?? null);
        expect(view.final?.domainNoiseFreeAuc ?? null).toBe(file.final?.domainNoiseFreeAuc ?? null);
        expect(view.latest ?? null).toEqual(file.history.at(-1)?.metrics ?? null);
      }),
      { numRuns: 60 },
    );
  });

  it('says its settings in the sidebar, to read and not to edit; its graph has the edges that they cut', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (record) => {
        const file = exported(record);
        const view = await show(record);
        const model = findModel(file.setup.model);
        const page = render(
          <RunActionsProvider value={actionsOf(record)}>
            <Settings view={view} />
          </RunActionsProvider>,
        );
        const told = (hook: string, value: SettingValue, field: SettingField) => {
          const control = page.getByTestId(hook) as HTMLInputElement;
          expect(control.disabled, `${hook} is only read`).toBe(true);
          if (field.type === 'toggle') expect(control.checked, hook).toBe(value);
          else if (field.type === 'choice') expect(control.value, hook).toBe(value);
          else {
            const shown = control.value.split(/[,×\s]+/).map(Number);
            const wanted = Array.isArray(value) ? (value as readonly number[]) : [Number(value)];
            shown.forEach((one, k) =>
              expect(Math.abs(one - wanted[k]!), `${hook}: ${control.value}`).toBeLessThanOrEqual(
                1e-3 * Math.abs(wanted[k]!),
              ),
            );
            expect(shown).toHaveLength(wanted.length);
          }
        };
        for (const [name, field] of Object.entries(model.fields))
          told(`${field.role === 'ablation' ? 'ablation' : 'hp'}-${name}`, file.setup.settings[name]!, field);
        expect((page.getByTestId('seed-input') as HTMLInputElement).value).toBe(`${file.setup.seed}`);
        expect((page.getByTestId('backend-select') as HTMLSelectElement).value).toBe(file.setup.backend);

        const { graph } = model;
        if (graph) {
          const rows = within(page.getByTestId('figure-causal-graph-data'))
            .getAllByRole('row', { hidden: true })
            .slice(1)
            .map((row) =>
              within(row)
                .getAllByRole('cell', { hidden: true })
                .map((cell) => cell.textContent),
            );
          expect(rows).toHaveLength(graph.edges.length);
          graph.edges.forEach(({ setting }, k) => {
            const cut = setting && file.setup.settings[setting.name] === setting.cut;
            expect(rows[k]!.at(-2)).toBe(
              cut === undefined || cut === null ? 'no switch' : cut ? 'cut' : 'kept',
            );
          });
        }
        cleanup();
      }),
      { numRuns: 12 },
    );
  });
});

const causalGraph = pictures.find(({ id }) => id === 'causal-graph')!;

function Settings({ view }: { readonly view: RunView }) {
  const draw = causalGraph.accept({ probes: [], model: findModel(view.setup.model) });
  return (
    <>
      <Controls />
      {draw?.(view)}
      <ScenarioTable view={view} />
    </>
  );
}

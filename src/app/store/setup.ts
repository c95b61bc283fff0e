/** Settings and small choices of the page. Histories never enter here. */
import { create } from 'zustand';
import { parseSetup } from '../../training/parseSetup';
import { defaultSetup, presetSettings, trainingUnder } from '../../training/setup';
import type { PresetName } from '../../models/definition';
import { findModel } from '../../models/registry';
import { sameValue } from '../../models/settings';
import type { SettingValue } from '../../models/settings';
import type { AucKind } from '../../training/metrics/aucKind';
import type { ParsedSetup } from '../../training/parseSetup';
import type { RunSetup } from '../../training/runRecord';
import { listOfStories } from './learnView';
import type { LearnView } from './learnView';
import { wholeReproduceView } from './reproduceView';
import type { ReproduceView } from './reproduceView';

export const pages = ['learn', 'lab', 'data', 'compare', 'reproduce'] as const;
export type Page = (typeof pages)[number];

export interface SetupState {
  readonly page: Page;
  readonly setup: ParsedSetup;
  readonly preset: PresetName;
  /** Inspect tab, or null for the first that the run offers. */
  readonly tab: string | null;
  /** The picture that leads the tab, by its figure's name; null for the tab's first. */
  readonly picture: string | null;
  readonly curve: AucKind;
  /** Kept run that is shown in place of the current one. */
  readonly shownRun: string | null;
  /** Kept run against which RelaImpr is computed. */
  readonly referenceRun: string | null;
  /** Runs chosen on the Compare page. */
  readonly chosen: readonly string[];
  /** A run of the group that the others on the Compare page are compared with; null: the first group. */
  readonly pinned: string | null;
  /** What the Reproduce page shows. */
  readonly reproduce: ReproduceView;
  /** The switch that was turned last, and from what; null: none of this model. */
  readonly switched: { readonly name: string; readonly before: SettingValue } | null;
  /** What the Learn page shows. */
  readonly learn: LearnView;
  /** A picture or a screen of a story that stands alone, without the page around it; null: the page. */
  readonly embed: string | null;

  readonly go: (page: Page) => void;
  readonly chooseModel: (model: string) => void;
  readonly choosePreset: (preset: PresetName) => void;
  readonly setSetting: (name: string, value: SettingValue) => void;
  readonly setTraining: (name: string, value: SettingValue) => void;
  readonly setDataset: (dataset: string) => void;
  readonly setSeed: (seed: number) => void;
  readonly setBackend: (backend: RunSetup['backend']) => void;
  /** Takes a whole set-up, e.g. of a kept run. */
  readonly adopt: (setup: ParsedSetup) => void;
  readonly look: (view: Partial<ReproduceView>) => void;
  readonly turnTo: (view: Partial<LearnView>) => void;
  readonly set: (
    patch: Partial<
      Pick<SetupState, 'tab' | 'picture' | 'curve' | 'shownRun' | 'referenceRun' | 'chosen' | 'pinned'>
    >,
  ) => void;
}

/** Whether a setting is a switch: an ablation's, or one that an edge of the model's graph turns. */
function isSwitch(model: string, name: string): boolean {
  const { fields, graph } = findModel(model);
  return (
    fields[name]?.role === 'ablation' || (graph?.edges.some(({ setting }) => setting?.name === name) ?? false)
  );
}

/** A set-up under another model or preset: its settings, and its training where nobody set that otherwise. */
function under(setup: ParsedSetup, before: PresetName, model: string, preset: PresetName): ParsedSetup {
  const from = { model: setup.model, preset: before };
  const training = trainingUnder(setup.training, from, { model, preset });
  return parseSetup({ ...setup, model, settings: presetSettings(model, preset), training });
}

export const useSetup = create<SetupState>((set) => ({
  page: 'lab',
  setup: defaultSetup(),
  preset: 'browser',
  tab: null,
  picture: null,
  curve: 'noiseFree',
  shownRun: null,
  referenceRun: null,
  chosen: [],
  pinned: null,
  reproduce: wholeReproduceView,
  switched: null,
  learn: listOfStories,
  embed: null,

  go: (page) => set({ page }),
  chooseModel: (model) =>
    set(({ setup, preset }) => ({
      setup: under(setup, preset, model, preset),
      shownRun: null,
      switched: null,
    })),
  choosePreset: (preset) =>
    set(({ setup, preset: before }) => ({
      preset,
      setup: under(setup, before, setup.model, preset),
      switched: null,
    })),
  setSetting: (name, value) =>
    set(({ setup, switched }) => {
      const before = setup.settings[name];
      const turned = isSwitch(setup.model, name) && before !== undefined && !sameValue(before, value);
      return {
        setup: parseSetup({ ...setup, settings: { ...setup.settings, [name]: value } }),
        switched: turned ? { name, before } : switched,
      };
    }),
  setTraining: (name, value) =>
    set(({ setup }) => ({ setup: parseSetup({ ...setup, training: { ...setup.training, [name]: value } }) })),
  setDataset: (dataset) => set(({ setup }) => ({ setup: parseSetup({ ...setup, dataset }), shownRun: null })),
  setSeed: (seed) => set(({ setup }) => ({ setup: parseSetup({ ...setup, seed }) })),
  setBackend: (backend) => set(({ setup }) => ({ setup: parseSetup({ ...setup, backend }) })),
  look: (view) => set(({ reproduce }) => ({ reproduce: { ...reproduce, ...view } })),
  adopt: (setup) => set({ setup, switched: null }),
  turnTo: (view) => set(({ learn }) => ({ learn: { ...learn, ...view } })),
  set: (patch) => set(patch),
}));

import { useState } from 'react';
import type { PresetName } from '../../../models/definition';
import { findModel } from '../../../models/registry';
import type { RunSetup } from '../../../training/runRecord';
import { trainingFields } from '../../../training/settings';
import { hyper } from '../../../models/settings';
import { parseSetup } from '../../../training/parseSetup';
import { presetSettings, presetTraining } from '../../../training/setup';
import { SettingControl } from '../../controls/SettingControl';
import { SettingsForm } from '../../controls/SettingsForm';
import { Segments } from '../../Segments';
import { attempt } from '../../store/notices';
import type { RunView } from '../../store/runView';
import { useSetup } from '../../store/setup';
import type { SetupState } from '../../store/setup';
import { useKeptRun } from '../../store/shownRun';
import { DatasetPicker } from './DatasetPicker';
import { ModelPicker } from './ModelPicker';
import { RunButtons } from './RunButtons';
import { RunList } from './RunList';

const BACKENDS: readonly { readonly value: RunSetup['backend']; readonly label: string }[] = [
  { value: 'auto', label: 'Best available' },
  { value: 'webgpu', label: 'WebGPU' },
  { value: 'wasm', label: 'WASM' },
  { value: 'cpu', label: 'CPU' },
];

const WHOSE = [
  { value: 'shown', label: 'of this run' },
  { value: 'next', label: 'for the next' },
] as const;

const PRESETS = [
  { value: 'browser', label: 'browser' },
  { value: 'paper', label: 'paper' },
  { value: 'tiny', label: 'tiny' },
  { value: 'comparable', label: 'comparable' },
] as const;

const seedField = hyper.int({
  label: 'Seed',
  help: 'Everything random follows from it: the same seed on the same backend gives the same numbers.',
  default: 1,
  min: 0,
  max: 2 ** 31 - 1,
});

/** Model, data, Train, and every setting of the chosen model from its own schema; of a kept run on show the settings that it has. */
export function Controls() {
  // Not the current run's view, which changes with every tick.
  const kept = useKeptRun(useSetup((state) => state.shownRun));
  /** The kept run beside which a person looks at what is set for the next one. */
  const [aside, setAside] = useState<string | null>(null);
  const reads = kept !== null && aside !== kept.id ? kept : null;
  return (
    <section className="controls" aria-label="Set-up">
      <div className="controls-top">
        <ModelPicker />
        <DatasetPicker />
        <RunButtons />
      </div>
      <div className="controls-settings" tabIndex={-1}>
        {kept && (
          <div className="settings-of" data-testid="settings-of" data-run={reads?.id ?? ''}>
            <Segments
              label="Whose settings"
              value={reads ? 'shown' : 'next'}
              options={WHOSE}
              onChange={(whose) => setAside(whose === 'next' ? kept.id : null)}
            />
          </div>
        )}
        {reads ? <KeptSettings view={reads} onUsed={() => setAside(reads.id)} /> : <NextSettings />}
      </div>
      <RunList />
    </section>
  );
}

/** What a kept run was trained with, to read and to take over. */
function KeptSettings({
  view: { name, setup },
  onUsed,
}: {
  readonly view: RunView;
  readonly onUsed: () => void;
}) {
  const adopt = useSetup((state) => state.adopt);
  return (
    <>
      <p className="picker-note">
        As “{name}” was trained.{' '}
        <button
          type="button"
          className="link"
          data-testid="use-these"
          onClick={() =>
            attempt(() => {
              adopt(parseSetup(setup));
              onUsed();
            })
          }
        >
          Use these
        </button>
      </p>
      <SettingsParts setup={setup} preset="browser" />
    </>
  );
}

function NextSettings() {
  const { setup, preset, setSetting, setTraining, setSeed, setBackend, choosePreset } = useSetup();
  return (
    <SettingsParts
      setup={setup}
      preset={preset}
      edit={{ setSetting, setTraining, setSeed, setBackend, choosePreset }}
    />
  );
}

type Edit = Pick<SetupState, 'setSetting' | 'setTraining' | 'setSeed' | 'setBackend' | 'choosePreset'>;

/** All settings of a set-up by their parts; without `edit` they are only read. */
function SettingsParts({
  setup,
  preset,
  edit,
}: {
  readonly setup: RunSetup;
  readonly preset: PresetName;
  readonly edit?: Edit;
}) {
  const model = findModel(setup.model);
  const standards = presetSettings(setup.model, preset);
  const hasSwitches = Object.values(model.fields).some((field) => field.role === 'ablation');
  const disabled = edit === undefined;
  return (
    <>
      {hasSwitches && (
        <fieldset>
          <legend>Switches</legend>
          <SettingsForm
            fields={model.fields}
            values={setup.settings}
            standards={standards}
            onChange={(name, value) => edit?.setSetting(name, value)}
            only={(field) => field.role === 'ablation'}
            disabled={disabled}
          />
        </fieldset>
      )}
      <fieldset>
        <legend>Run</legend>
        <SettingControl
          name="seed"
          testId="seed-input"
          field={seedField}
          value={setup.seed}
          standard={seedField.default}
          onChange={(value) => typeof value === 'number' && edit?.setSeed(value)}
          disabled={disabled}
        />
        <div className="setting setting-choice">
          <label htmlFor="backend">Backend</label>
          <div className="setting-control">
            <select
              id="backend"
              data-testid="backend-select"
              value={setup.backend}
              disabled={disabled}
              onChange={(event) => edit?.setBackend(event.target.value as RunSetup['backend'])}
            >
              {BACKENDS.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </div>
        </div>
        <SettingsForm
          fields={trainingFields}
          values={setup.training}
          standards={presetTraining(setup.model, preset)}
          onChange={(name, value) => edit?.setTraining(name, value)}
          only={() => true}
          disabled={disabled}
        />
      </fieldset>
      <fieldset>
        <legend>Model</legend>
        {edit && (
          <div className="setting preset">
            <span id="preset-label">Sizes</span>
            <Segments
              label="Preset"
              value={preset}
              options={PRESETS}
              onChange={edit.choosePreset}
              testId="preset"
            />
          </div>
        )}
        <SettingsForm
          fields={model.fields}
          values={setup.settings}
          standards={standards}
          onChange={(name, value) => edit?.setSetting(name, value)}
          only={(field) => field.role === 'hyper'}
          disabled={disabled}
        />
      </fieldset>
    </>
  );
}

import { findModel } from '../../../models/registry';
import type { RunSetup } from '../../../training/runRecord';
import { trainingFields } from '../../../training/settings';
import { hyper } from '../../../models/settings';
import { presetSettings, presetTraining } from '../../../training/setup';
import { SettingControl } from '../../controls/SettingControl';
import { SettingsForm } from '../../controls/SettingsForm';
import { Segments } from '../../Segments';
import { useSetup } from '../../store/setup';
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

/** Model, data, Train, and every setting of the chosen model from its own schema. */
export function Controls() {
  const state = useSetup();
  const { setup, preset } = state;
  const model = findModel(setup.model);
  const standards = presetSettings(setup.model, preset);
  const hasSwitches = Object.values(model.fields).some((field) => field.role === 'ablation');
  return (
    <section className="controls" aria-label="Set-up">
      <div className="controls-top">
        <ModelPicker />
        <DatasetPicker />
        <RunButtons />
      </div>
      <div className="controls-settings" tabIndex={-1}>
        {hasSwitches && (
          <fieldset>
            <legend>Switches</legend>
            <SettingsForm
              fields={model.fields}
              values={setup.settings}
              standards={standards}
              onChange={state.setSetting}
              only={(field) => field.role === 'ablation'}
            />
          </fieldset>
        )}
        <fieldset>
          <legend>Run</legend>
          <SeedControl />
          <div className="setting setting-choice">
            <label htmlFor="backend">Backend</label>
            <div className="setting-control">
              <select
                id="backend"
                data-testid="backend-select"
                value={setup.backend}
                onChange={(event) => state.setBackend(event.target.value as RunSetup['backend'])}
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
            onChange={state.setTraining}
            only={() => true}
          />
        </fieldset>
        <fieldset>
          <legend>Model</legend>
          <div className="setting preset">
            <span id="preset-label">Sizes</span>
            <Segments
              label="Preset"
              value={preset}
              options={PRESETS}
              onChange={state.choosePreset}
              testId="preset"
            />
          </div>
          <SettingsForm
            fields={model.fields}
            values={setup.settings}
            standards={standards}
            onChange={state.setSetting}
            only={(field) => field.role === 'hyper'}
          />
        </fieldset>
      </div>
      <RunList />
    </section>
  );
}

function SeedControl() {
  const seed = useSetup((state) => state.setup.seed);
  const setSeed = useSetup((state) => state.setSeed);
  return (
    <SettingControl
      name="seed"
      testId="seed-input"
      field={seedField}
      value={seed}
      standard={seedField.default}
      onChange={(value) => typeof value === 'number' && setSeed(value)}
    />
  );
}

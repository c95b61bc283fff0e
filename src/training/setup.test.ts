import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparableTraining } from '../models/comparable';
import { models } from '../models/registry';
import { parseSettings } from '../models/settings';
import { parseSetup } from './parseSetup';
import { trainingFields } from './settings';
import {
  defaultSetup,
  presetNames,
  presetSettings,
  presetTraining,
  reservedNames,
  settingText,
  setupFromParams,
  setupToParams,
  readSetting,
  trainingUnder,
} from './setup';
import type { SettingField, SettingFields, SettingValue } from '../models/settings';

/** Any value that a field allows. */
function valueOf(field: SettingField): fc.Arbitrary<SettingValue> {
  switch (field.type) {
    case 'int':
      return fc.integer({ min: field.min, max: field.max });
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

const settingsOf = (fields: SettingFields) =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valueOf(field)])));

const setups = fc.constantFrom(...models).chain((model) =>
  fc.record({
    model: fc.constant(model.id),
    settings: settingsOf(model.fields),
    training: settingsOf(trainingFields).map((t) => t as ReturnType<typeof defaultSetup>['training']),
    dataset: fc.constantFrom('aliccp-3', 'my-file', 'aliccp-3-large-seed2'),
    seed: fc.integer({ min: 0, max: 0x7fffffff }),
    backend: fc.constantFrom('auto' as const, 'wasm' as const, 'cpu' as const),
  }),
);

describe('a set-up as parameters', () => {
  it('reads back what was written, for every model, setting and preset', () => {
    fc.assert(
      fc.property(setups, fc.constantFrom(...presetNames), (setup, preset) => {
        const params = new URLSearchParams(setupToParams(setup, preset).toString());
        const read = setupFromParams(params);
        expect(read.problems).toEqual([]);
        expect(read.preset).toBe(preset);
        expect(read.setup).toEqual(setup);
      }),
    );
  });

  it('says nothing of what is the default', () => {
    expect(setupToParams(defaultSetup()).toString()).toBe('');
    for (const model of models) {
      for (const preset of presetNames) {
        const { id } = model;
        const [settings, training] = [presetSettings(id, preset), presetTraining(id, preset)];
        const setup = { ...defaultSetup(), model: id, settings, training };
        const names = [...setupToParams(setup, preset).keys()];
        expect(names.every((name) => name === 'model' || name === 'preset')).toBe(true);
      }
    }
  });

  it('gives a valid set-up whatever it is given', () => {
    const text = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.constantFrom('NaN', '1e999', '-1', '', 'on', '3,4,x'),
    );
    const names = fc.constantFrom(
      ...reservedNames,
      ...Object.keys(trainingFields),
      ...models.flatMap((model) => Object.keys(model.fields)),
      'unheard',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(names, text), { maxLength: 12 }), (pairs) => {
        const { setup, problems } = setupFromParams(new URLSearchParams(pairs));
        expect(() => parseSetup(setup)).not.toThrow();
        for (const problem of problems) expect(problem).toMatch(/[.]$/);
      }),
    );
  });

  it('clamps numbers and says so', () => {
    const { setup, problems } = setupFromParams(new URLSearchParams('steps=-5&batch=100.4&seed=1.5&hello=1'));
    expect(setup.training.steps).toBe(1);
    expect(setup.training.batch).toBe(100);
    expect(setup.seed).toBe(1);
    expect(problems).toEqual([
      'seed must be a whole number from 0 to 2147483647; 1 is used.',
      'steps must lie between 1 and 1000000; 1 is used.',
      'batch must be a whole number; 100 is used.',
      'MMoE has no setting "hello".',
    ]);
  });

  it('starts from the preset that is asked for', () => {
    const { setup } = setupFromParams(new URLSearchParams('preset=tiny&numExperts=3'));
    expect(setup.settings).toEqual({ ...presetSettings('mmoe', 'tiny'), numExperts: 3 });
  });
});

describe('training under a preset', () => {
  it('is as the paper prints it, and as the table of comparisons says', () => {
    const printed = setupFromParams(new URLSearchParams('model=causalint&preset=paper')).setup.training;
    expect(printed).toEqual({ ...defaultSetup().training, batch: 6000, learningRate: 1e-3 });
    const comparable = setupFromParams(new URLSearchParams('preset=comparable&batch=64')).setup.training;
    expect(comparable).toMatchObject({ ...comparableTraining, batch: 64 });
    expect(comparableTraining).toMatchObject({ batch: 1024, stopMetric: 'logLoss' });
  });

  it('goes along with the preset where nobody set it otherwise', () => {
    const training = { ...presetTraining('causalint', 'browser'), steps: 7 };
    const [from, to] = [
      { model: 'causalint', preset: 'browser' },
      { model: 'causalint', preset: 'paper' },
    ] as const;
    const there = trainingUnder(training, from, to);
    expect(there).toEqual({ ...training, batch: 6000 });
    expect(trainingUnder(there, to, from)).toEqual(training);
  });

  it('is in the range of its fields, for every model', () => {
    for (const { id } of models)
      for (const preset of presetNames)
        expect(
          () => parseSettings(trainingFields, presetTraining(id, preset)),
          `${id} ${preset}`,
        ).not.toThrow();
  });
});

describe('names of settings', () => {
  it('are taken once: no model’s setting has a name of training or of the address', () => {
    const taken = new Set<string>([
      ...reservedNames,
      ...Object.keys(trainingFields),
      'page',
      'tab',
      'autostart',
      'trace',
    ]);
    for (const model of models) {
      for (const name of Object.keys(model.fields))
        expect(taken.has(name), `${model.id}.${name}`).toBe(false);
    }
  });

  it('have a text for every default and preset that reads back', () => {
    for (const model of models) {
      for (const preset of presetNames) {
        for (const [name, value] of Object.entries(presetSettings(model.id, preset))) {
          const taken = readSetting(name, model.fields[name]!, settingText(value));
          expect(taken, `${model.id}.${name}`).toEqual({ value, problem: null });
        }
      }
    }
  });
});

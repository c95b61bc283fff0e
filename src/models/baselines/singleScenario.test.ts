/** What `trained: own`, the scenario's field and histories mean, for every single-scenario model of the registry. */
import { beforeAll, describe, expect, it } from 'vitest';
import { chosenModels } from '../../../tests/support/chosenModels';
import { gradientsOf, scoresOf, shake } from '../../../tests/support/probe';
import { permuteBehaviours, tinyBatch, tinyShape } from '../../../tests/support/tinyData';
import { assign, createVariables, openBackend } from '../../engine';
import type { AnyModel, AnyModelDefinition } from '../definition';
import type { AnySettings } from '../settings';

beforeAll(async () => {
  await openBackend('cpu');
});

const shape = tinyShape();

function build(definition: AnyModelDefinition, given: AnySettings) {
  const settings = { ...definition.presets.tiny, dropout: 0, ...given };
  const known = Object.entries(settings).filter(([name]) => name in definition.fields);
  const { needs, build: make } = definition.configure(Object.fromEntries(known));
  const model = make(shape, createVariables(1));
  shake(model);
  return { model, batch: tinyBatch(shape, needs, 3) };
}

const withField = (name: string, option: string) =>
  chosenModels()
    .filter(({ fields }) => {
      const field = fields[name];
      return field?.type === 'choice' && field.options.includes(option);
    })
    .map((definition) => [definition.id, definition] as const);

describe.each(withField('trained', 'own'))('%s, one network a scenario', (_id, definition) => {
  it('is the network for all where every scenario’s weights are the same', () => {
    const all = build(definition, { batchNorm: 'off' });
    const own = build(definition, { batchNorm: 'off', trained: 'own', embeddings: 'shared' });
    const variables = ({ parameters, states }: AnyModel) => [...parameters, ...states];
    const values = new Map(variables(all.model).map(({ name, tensor }) => [name, tensor.dataSync()]));
    assign(own.model.table, all.model.table.tensor);
    for (const parameter of variables(own.model)) {
      const one = values.get(parameter.name)!;
      expect(parameter.tensor.size, parameter.name).toBe(shape.scenarios * one.length);
      assign(
        parameter,
        Float32Array.from({ length: parameter.tensor.size }, (_, i) => one[i % one.length]!),
      );
    }
    const expected = scoresOf(all.model, shape, all.batch);
    scoresOf(own.model, shape, own.batch).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    all.model.dispose();
    own.model.dispose();
  });

  it('learns from its own rows alone, by their mean', () => {
    const { model, batch } = build(definition, { trained: 'own' });
    const together = gradientsOf(model, shape, batch);
    for (let n = 0; n < shape.scenarios; n++) {
      const weight = batch.weight.map((value, b) => (batch.scenario[b] === n ? value : 0));
      const alone = gradientsOf(model, shape, { ...batch, weight });
      // A mean of rows that each count twice is the same mean.
      const twice = gradientsOf(model, shape, { ...batch, weight: weight.map((value) => 2 * value) });
      expect(twice.total).toBeCloseTo(alone.total, 5);
      for (const [name, gradient] of alone.parameters) {
        const size = gradient!.length / shape.scenarios;
        const all = together.parameters.get(name)!;
        const largest = Math.max(1e-3, ...gradient!.map(Math.abs));
        for (let i = 0; i < gradient!.length; i++) {
          const expected = Math.floor(i / size) === n ? all[i]! : 0;
          expect(Math.abs(gradient![i]! - expected) / largest, `${name}[${i}], scenario ${n}`).toBeLessThan(
            1e-4,
          );
        }
      }
    }
    model.dispose();
  });
});

/** The same batch in which every row's scenario field says something else. */
function otherScenarioField({ ids, ...batch }: ReturnType<typeof tinyBatch>) {
  const { offset, size } = shape.fields.at(-1)!;
  const width = batch.layout.width;
  const place = shape.fields.length - 1;
  const moved = ids.map((id, i) =>
    i % width === place && id !== 0 ? offset + ((id - offset) % (size - 1)) + 1 : id,
  );
  return { ...batch, ids: moved };
}

/** Models whose gates read the scenario's embedding as the paper's own input, whatever the networks are given: the gate knows it still. */
const GATED_BY_SCENARIO = ['epnet', 'pepnet'];

describe.each(
  withField('scenarioField', 'off').filter(
    ([id, { fields }]) => !('embeddings' in fields) && !GATED_BY_SCENARIO.includes(id),
  ),
)('%s, the scenario’s field', (_id, definition) => {
  it.each(['on', 'off'] as const)('is read or not: %s', (scenarioField) => {
    const { model, batch } = build(definition, { scenarioField });
    const changed = otherScenarioField(batch);
    expect(changed.ids).not.toEqual(batch.ids);
    const same = scoresOf(model, shape, changed).join() === scoresOf(model, shape, batch).join();
    expect(same).toBe(scenarioField === 'off');
    model.dispose();
  });
});

describe.each(withField('history', 'attention'))('%s, attention over the history', (_id, definition) => {
  it('does not depend on the order of behaviours, and trains', () => {
    const { model, batch } = build(definition, { history: 'attention' });
    const moved = permuteBehaviours(batch, 'history', [2, 0, 1]);
    expect(moved.ids).not.toEqual(batch.ids);
    const plain = scoresOf(model, shape, batch);
    scoresOf(model, shape, moved).forEach((value, i) => expect(value).toBeCloseTo(plain[i]!, 5));
    const { parameters } = gradientsOf(model, shape, batch);
    for (const [name, gradient] of parameters) {
      if (name.startsWith('attention.'))
        expect(
          gradient!.some((value) => value !== 0),
          name,
        ).toBe(true);
    }
    expect([...parameters.keys()].some((name) => name.startsWith('attention.'))).toBe(true);
    model.dispose();
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { normals, tinyBatch, tinyShape } from '../../../tests/support/tinyData';
import { assign, createVariables, openBackend } from '../../engine';
import { findModel, models } from '../../models/registry';
import { forwardPass } from '../forward';
import { presetSettings } from '../setup';
import { components } from './partition';
import { modelGraph } from './modelGraph';
import type { AnyModel } from '../../models/definition';
import type { ModelGraph } from './types';

beforeAll(async () => {
  await openBackend('cpu');
});

function built(id: string, preset: 'tiny' | 'browser' = 'tiny') {
  const shape = tinyShape(6);
  const configured = findModel(id).configure(presetSettings(id, preset));
  const scenarios = configured.needs.clusters ?? shape.scenarios;
  const model = configured.build(shape, createVariables(1));
  const batch = tinyBatch(shape, configured.needs, 3, 1);
  return {
    model,
    shape,
    scenarios,
    batch,
    graph: modelGraph({ model, scenarios, fields: shape.fields, batch }),
  };
}

/** Every part from which another can be reached, itself not among them. */
function before(graph: ModelGraph, id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (to: string): void => {
    for (const arrow of graph.arrows)
      if (arrow.to === to && !found.has(arrow.from)) {
        found.add(arrow.from);
        visit(arrow.from);
      }
  };
  visit(id);
  return found;
}

/**
 * The numbers of a prediction, and those that operations with each part's own variables give: with the variables themselves, or
 * what is made of nothing but them, of scalars and of the row's scenario.
 */
function computed({ model, scenarios, batch, graph }: ReturnType<typeof built>): ReadonlyMap<string, string> {
  const owner = new Map<object, string>(
    graph.parts.flatMap(({ id, variables }) =>
      variables.map(
        ({ name }) => [model.parameters.find((one) => one.name === name)!.tensor.dataId, id] as const,
      ),
    ),
  );
  const neutral = new Set<object>();
  const made = new Map<string, string>();
  const told = (id: string, tensor: tf.Tensor): void => {
    made.set(id, `${made.get(id) ?? ''} ${tensor.dataSync().join()}`);
  };
  const engine = tf.engine();
  const run = engine.runKernel.bind(engine);
  let depth = 0;
  const watched: typeof engine.runKernel = <T extends tf.Tensor | tf.Tensor[]>(
    kernel: string,
    inputs: tf.NamedTensorMap,
    attributes?: tf.NamedAttrMap,
  ): T => {
    depth++;
    const result = run<T>(kernel, inputs, attributes);
    depth--;
    if (depth > 0) return result;
    const given = Object.values(inputs).filter((input) => Boolean(input));
    const others = given.filter(({ dataId, size }) => size > 1 && !neutral.has(dataId));
    const owners = new Set(given.flatMap(({ dataId }) => owner.get(dataId) ?? []));
    for (const tensor of ([] as tf.Tensor[]).concat(result))
      for (const id of owners)
        if (owners.size === 1 && others.every(({ dataId }) => owner.has(dataId)))
          owner.set(tensor.dataId, id);
        else told(id, tensor);
    return result;
  };
  engine.runKernel = watched;
  try {
    const seen: AnyModel = {
      ...model,
      forward(inputs, mode) {
        for (const { dataId } of [inputs.scenario, inputs.scenarioOneHot]) neutral.add(dataId);
        return model.forward(inputs, mode);
      },
    };
    forwardPass(seen, scenarios, batch, 'moving', (pass) => {
      told('click prediction', pass.scores().score);
      return [];
    });
  } finally {
    engine.runKernel = run;
  }
  return made;
}

/** Changes every number of some variables, does the work, and puts them back. */
function perturbed<T>(
  variables: readonly { readonly name: string; readonly tensor: tf.Tensor }[],
  work: () => T,
): T {
  const next = normals(5);
  const kept = variables.map(({ tensor }) => Float32Array.from(tensor.dataSync()));
  variables.forEach((variable, k) =>
    assign(
      variable,
      kept[k]!.map((value) => value + 0.5 * next()),
    ),
  );
  const result = work();
  variables.forEach((variable, k) => assign(variable, kept[k]!));
  return result;
}

describe.each(models.map(({ id }) => id))('the parts of %s', (id) => {
  it('hold every parameter once, and no arrow goes backwards', () => {
    const { model, graph } = built(id);
    const named = graph.parts.flatMap(({ variables }) => variables.map(({ name }) => name));
    expect([...named].sort()).toEqual(model.parameters.map(({ name }) => name).sort());
    const total = model.parameters.reduce((sum, { tensor }) => sum + tensor.size, model.table.tensor.size);
    expect(graph.parts.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(total);
    const place = new Map(graph.parts.map((part, k) => [part.id, k]));
    expect(place.size).toBe(graph.parts.length);
    for (const { from, to } of graph.arrows) expect(place.get(from)).toBeLessThan(place.get(to)!);
    expect(graph.parts.length).toBeLessThanOrEqual(18);
    model.dispose();
  });

  it('lead from every field that moves the prediction, and from no other', () => {
    const { model, shape, scenarios, batch, graph } = built(id);
    const reached = before(graph, 'click prediction');
    const score = (): string => {
      const tensor = forwardPass(model, scenarios, batch, 'moving', (pass) => tf.clone(pass.scores().score));
      return tensor.dataSync().join();
    };
    // Tiny first embeddings would let a field that a sigmoid hides look as if it were not read.
    const next = normals(7);
    assign(
      model.table,
      Float32Array.from({ length: model.table.tensor.size }, () => next()),
    );
    const start = score();
    const { ownTables = 1 } = batch.layout;
    for (const field of shape.fields) {
      const table = Float32Array.from(model.table.tensor.dataSync());
      const kept = Float32Array.from(table);
      const { dim } = model.table;
      for (let row = field.offset * ownTables; row < (field.offset + field.size) * ownTables; row++)
        for (let d = 0; d < dim; d++) table[row * dim + d]! += next();
      assign(model.table, table);
      const moved = score() !== start;
      assign(model.table, kept);
      const part = graph.parts.find(({ fields }) => fields.includes(field.name))!;
      expect([field.name, reached.has(part.id)]).toEqual([field.name, moved]);
    }
    model.dispose();
  });
});

describe('without a way from one part to another nothing depends', () => {
  it.each(['mmoe', 'ple', 'star', 'din', 'hmoe', 'pepnet', 'edcn', 'causalint', 'mscan', 'optmsm', 'aread'])(
    'in %s',
    (id) => {
      const all = built(id);
      const { model, graph } = all;
      const next = normals(11);
      assign(
        model.table,
        Float32Array.from({ length: model.table.tensor.size }, () => next()),
      );
      // What starts at zero would hide what it multiplies.
      for (const parameter of model.parameters)
        assign(
          parameter,
          Float32Array.from(parameter.tensor.dataSync(), (value) => value + 0.3 * next()),
        );
      const start = computed(all);
      const parts = graph.parts.filter(({ variables }) => variables.length > 0);
      for (const part of parts) {
        const own = model.parameters.filter(({ name }) => part.variables.some((one) => one.name === name));
        const changed = perturbed(own, () => computed(all));
        for (const [other, numbers] of start) {
          if (other === part.id) continue;
          const way = before(graph, other).has(part.id);
          expect([part.id, other, changed.get(other) !== numbers]).toEqual([part.id, other, way]);
        }
      }
      model.dispose();
    },
  );
});

describe('the graph of', () => {
  it('MMoE is experts that a gate weighs, and towers on what they give', () => {
    const { graph } = built('mmoe');
    const shown = graph.arrows
      .filter(({ from }) => from !== 'scenario index' && !from.startsWith('fields'))
      .map(({ from, to, gate }) => `${from} ${gate ? '⇢' : '→'} ${to}`);
    expect(shown.sort()).toEqual([
      'expert → tower',
      'gate ⇢ tower',
      'output → click prediction',
      'tower → output',
    ]);
    expect(graph.weighed).toEqual([{ gate: 'gate', of: 'expert' }]);
  });

  it('CausalInt holds its general task for training alone', () => {
    const { graph } = built('causalint');
    expect(before(graph, 'click prediction').has('general')).toBe(false);
    expect(before(graph, 'training loss').has('general')).toBe(true);
    expect(graph.arrows.filter(({ training }) => training).every(({ to }) => to === 'training loss')).toBe(
      true,
    );
  });

  it('STAR has one part of shared and own weights, which are multiplied before a row meets them', () => {
    const { graph } = built('star');
    expect(graph.parts.map(({ id }) => id)).toContain('shared × own');
  });

  it('is the same whatever the rows and however wide', () => {
    const shape = tinyShape(4, 5);
    const configured = findModel('ple').configure(presetSettings('ple', 'tiny'));
    const model = configured.build(shape, createVariables(9));
    const wide = modelGraph({
      model,
      scenarios: 5,
      fields: shape.fields,
      batch: tinyBatch(shape, configured.needs, 8, 0),
    });
    const of = ({ arrows }: ModelGraph) => arrows.map(({ from, to }) => `${from} ${to}`).sort();
    expect(of(wide)).toEqual(of(built('ple').graph));
    const circles = components(
      wide.parts.map(({ id }) => id),
      wide.arrows.map(({ from, to }) => [from, to] as const),
    ).filter(({ length }) => length > 1);
    expect(circles).toEqual([]);
    model.dispose();
  });
});

describe('on another backend', () => {
  // Operations have forms of their own there; what enters what is the model's.
  it('the graphs are the same', async () => {
    const ids = ['ple', 'sarnet', 'causalint', 'mscan', 'aread', 'hamur'];
    const graphs = () =>
      ids.map((id) => {
        const { model, graph } = built(id);
        model.dispose();
        return graph;
      });
    const plain = graphs();
    try {
      expect((await openBackend('wasm')).name).toBe('wasm');
      expect(graphs()).toEqual(plain);
    } finally {
      await openBackend('cpu');
    }
  });
});

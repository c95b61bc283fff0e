/** What enters what in one forward pass of a model, variable by variable. */
import { createFollower } from '../../engine';
import { forwardPass } from '../forward';
import type { HostBatch } from '../../data/batches';
import type { Entry, Follower } from '../../engine';
import type { AnyModel, FieldShape, Inputs } from '../../models/definition';
import type { GraphPart } from './types';

/** Names of what is no variable: those of variables hold no spaces, so none is the same. */
const END_NAMES = {
  history: 'earlier items',
  'own history': 'earlier items here',
  crosses: 'crossed fields',
  scenario: 'scenario index',
  prediction: 'click prediction',
  loss: 'training loss',
} as const;

/** A variable, a field, or what stands at an end of the pass. */
export interface FlowNode {
  readonly kind: Exclude<GraphPart['kind'], 'fields' | 'part'> | 'field' | 'variable';
  readonly name: string;
  readonly shape: readonly number[];
}

export interface VariableFlow {
  readonly nodes: readonly FlowNode[];
  /** Between places in `nodes`, as the model predicts. */
  readonly predicting: readonly Entry[];
  /** The same for its losses, with statistics of the batch. */
  readonly training: readonly Entry[];
  readonly joint: readonly (readonly [number, number])[];
  readonly weighed: Follower['weighed'];
}

export interface GraphSource {
  readonly model: AnyModel;
  /** As many as the model tells apart. */
  readonly scenarios: number;
  readonly fields: readonly FieldShape[];
  /** A few rows; what they hold does not matter. */
  readonly batch: HostBatch;
}

/** Runs the model twice on a few rows, as it predicts and as it learns, and follows its values. Nothing of it changes. */
export function recordFlow({ model, scenarios, fields, batch }: GraphSource): VariableFlow {
  const ends = ['history', 'own history', 'crosses', 'scenario', 'prediction', 'loss'] as const;
  const columns = Object.keys(batch.extra);
  const nodes: FlowNode[] = [
    ...fields.map(({ name }) => ({ kind: 'field', name, shape: [] }) as const),
    ...ends.map((kind) => ({ kind, name: END_NAMES[kind], shape: [] })),
    ...columns.map((name) => ({ kind: 'column', name: `column ${name}`, shape: [] }) as const),
    ...model.parameters.map(({ name, shape }) => ({ kind: 'variable', name, shape }) as const),
  ];
  const place = (kind: (typeof ends)[number]): number => fields.length + ends.indexOf(kind);
  const firstColumn = fields.length + ends.length;
  const first = firstColumn + columns.length;

  function mark(follower: Follower, inputs: Inputs): void {
    const { history, ownHistory, crosses } = inputs;
    const [, count = 1, dim = 1] = inputs.fields.shape;
    follower.mark(inputs.fields, (flat) => ({ id: Math.floor(flat / dim) % count, role: 'value' }));
    for (const tensor of [inputs.scenario, inputs.scenarioOneHot])
      follower.mark(tensor, { id: place('scenario'), role: 'selector' });
    const values = [
      ['history', [history?.items, history?.scenario, history?.mask]],
      ['own history', [ownHistory?.items, ownHistory?.mask]],
      ['crosses', [crosses]],
    ] as const;
    for (const [kind, tensors] of values)
      for (const tensor of tensors) if (tensor) follower.mark(tensor, { id: place(kind), role: 'value' });
    columns.forEach((name, k) => {
      const tensor = inputs.extra[name];
      if (tensor) follower.mark(tensor, { id: firstColumn + k, role: 'value' });
    });
    model.parameters.forEach(({ tensor }, k) => follower.mark(tensor, { id: first + k, role: 'weight' }));
    // What a procedure serves in a parameter's place (MAMDR) is called after it.
    for (const { name, tensor } of model.states) {
      const k = model.parameters.findIndex((parameter) => name.endsWith(`.${parameter.name}`));
      if (k >= 0) follower.mark(tensor, { id: first + k, role: 'weight' });
    }
  }

  function pass(statistics: 'moving' | 'batch'): Follower {
    const follower = createFollower();
    const followed: AnyModel = {
      ...model,
      forward(inputs, mode) {
        mark(follower, inputs);
        return follower.follow(() => model.forward(inputs, mode));
      },
    };
    forwardPass(followed, scenarios, batch, statistics, (made) => {
      if (statistics === 'moving') {
        const { score, probability } = follower.follow(() => made.scores());
        for (const tensor of [score, probability]) follower.enter(tensor, place('prediction'));
      } else {
        follower.enter(follower.follow(() => made.losses()).total, place('loss'));
      }
      return [];
    });
    return follower;
  }

  const [predicting, training] = [pass('moving'), pass('batch')];
  return {
    nodes,
    predicting: predicting.entries,
    training: training.entries,
    joint: [...predicting.joint, ...training.joint],
    weighed: predicting.weighed,
  };
}

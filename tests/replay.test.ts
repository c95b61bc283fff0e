/**
 * Recorded steps of every model on a device that computes nothing: what they are made of, and that two in a row differ in
 * nothing but their inputs. That they compute the same bits is `e2e/replay.webgpu.spec.ts`'s to say.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { memoryOf, submittedWork } from '../src/engine';
import { difference } from '../src/engine/replay/difference';
import type { RecordedList } from '../src/engine/replay/list';
import { findModel } from '../src/models/registry';
import { chosenModels } from './support/chosenModels';
import { gpuCalls, openCountingGpu } from './support/countingGpu';
import { freezing, inputsOf } from './support/freezing';
import { replayedModel } from './support/replayedModel';

beforeAll(openCountingGpu);
afterAll(() => {
  vi.unstubAllGlobals();
});

it.each(chosenModels().map(({ id }) => id))(
  '%s meets all programs of a step ahead, runs none, and changes nothing',
  async (id) => {
    const model = replayedModel(id, 8);
    const before = { tensors: memoryOf().tensors, moments: await model.optimiser.snapshot() };
    const { createComputePipeline, submit } = gpuCalls();
    const compiled = model.compile();
    // Values of the batch and of variables are uploaded, which submits nothing.
    expect(gpuCalls()).toMatchObject({ createComputePipeline, submit });
    await compiled;
    expect(memoryOf().tensors).toBe(before.tensors);
    expect(await model.optimiser.snapshot()).toEqual(before.moments);
    expect(model.losses.steps).toBe(0);
    model.step();
    expect(gpuCalls().createComputePipeline).toBe(createComputePipeline);
    model.dispose();
  },
);

it('compiles side by side what was not compiled before', async () => {
  const model = replayedModel('mmoe', 8, { numExperts: 5, expertHidden: [24], towerHidden: [12] });
  const { createComputePipelineAsync: before } = gpuCalls();
  await model.compile();
  expect(gpuCalls().createComputePipelineAsync).toBeGreaterThan(before);
  model.dispose();
});

/** Inputs of two steps in a row; fails where one of them is not missed when it is frozen. */
function missedWhereFrozen(one: RecordedList, other: RecordedList): Set<string> {
  expect(difference(one, other)).toBeNull();
  const inputs = inputsOf(one);
  expect(inputs.size).toBeGreaterThan(2);
  for (const name of inputs) {
    const found = difference(freezing(name, one), freezing(name, other));
    expect(found, name).toMatch(/^Steps differ in the (numbers|values) of program \d+, \w+/);
  }
  return inputs;
}

describe.each(chosenModels().map(({ id }) => id))('%s', (id) => {
  it('is replayed after three steps, misses any of its inputs that is frozen, and replays without a buffer', () => {
    const before = memoryOf();
    const model = replayedModel(id, 8);
    for (let step = 0; step < 4; step++) model.step();
    expect(model.messages).toEqual([]);
    const { dispatches, inputs } = model.replay.recording!;

    const held = { memory: memoryOf(), made: gpuCalls().createBuffer };
    for (let step = 0; step < 8; step++) model.step();
    expect({ memory: memoryOf(), made: gpuCalls().createBuffer }).toEqual(held);

    const [one, other] = [model.record(), model.record()];
    expect(one.list.programs).toHaveLength(dispatches);
    expect(missedWhereFrozen(one.list, other.list)).toEqual(new Set(inputs));
    expect(Object.keys(one.inputs)).toEqual(expect.arrayContaining([...inputs]));

    // The open numbers stand where the recorder says.
    for (const { uniforms, open } of one.list.programs) {
      const view = new DataView(uniforms.buffer);
      for (const { name, index, type, offset } of open) {
        const value = one.inputs[name]![index]!;
        if (type === 'float32') expect(view.getFloat32(offset, true)).toBe(Math.fround(value));
        else expect(view.getUint32(offset, true)).toBe(value);
      }
    }
    model.dispose();
    expect(memoryOf().tensors).toBe(before.tensors);
  });

  it('misses any frozen input of a trial step, and of a phase that trains some of its parameters', () => {
    const { fields, presets } = findModel(id);
    const dropouts = Object.keys(fields).filter((name) => /dropout/i.test(name));
    const settings = { ...presets.tiny, ...Object.fromEntries(dropouts.map((name) => [name, 0.3])) };
    const model = replayedModel(id, 8, settings);
    model.step();
    const record = (counts: boolean): RecordedList => model.record(counts).list;
    const trial = missedWhereFrozen(record(false), record(false));
    const { parameters } = model.model;
    model.optimiser.setTrainable(parameters.slice(parameters.length >> 1).map(({ name }) => name));
    model.step(true);
    const part = missedWhereFrozen(record(true), record(true));
    for (const of of [trial, part]) expect(of).toContain('adam.rates');
    expect(trial.has('dropout.step')).toBe(dropouts.length > 0);
    // The table stays as it is.
    expect([...part].filter((name) => name.startsWith('plan'))).toEqual([]);
    model.dispose();
  });
});

it.each(chosenModels().map(({ id }) => id))(
  '%s scores and evaluates by replay, and makes no buffer',
  async (id) => {
    const model = replayedModel(id, 8);
    for (const of of ['probes', 'rows'] as const) {
      const scoring = model.newScoring(of);
      const { createComputePipeline } = gpuCalls();
      // The first call runs a batch and records two; what they run was compiled ahead, but for the copy of what they gave.
      await model.score(scoring, 4);
      expect(gpuCalls().createComputePipeline - createComputePipeline).toBeLessThanOrEqual(3);
      const writes = async (batches: number): Promise<number> => {
        const before = gpuCalls().writeBuffer;
        await model.score(scoring, batches);
        return gpuCalls().writeBuffer - before;
      };
      const [one, three] = [await writes(1), await writes(3)];
      // One write of inputs a replayed batch, and the copy of what it gave.
      expect(three - one).toBeLessThanOrEqual(6);
      // Once as many batches have waited for one submission: the pool has what they hold.
      await model.score(scoring, 4);
      const held = { memory: memoryOf(), made: gpuCalls().createBuffer };
      await model.score(scoring, 4);
      expect(memoryOf()).toEqual(held.memory);
      scoring.dispose();
    }
    expect(model.messages).toEqual([]);
    model.dispose();
  },
);

it('submits several steps at once, and what is asked for in between with them', async () => {
  const model = replayedModel('mix', 8);
  for (let step = 0; step < 4; step++) model.step();
  void submittedWork();
  const submits = (work: () => void): number => {
    const before = gpuCalls().submit;
    work();
    return gpuCalls().submit - before;
  };
  const steps = (count: number): void => {
    for (let step = 0; step < count; step++) model.step();
  };
  expect(submits(() => steps(5))).toBe(0);
  const twice = tf.mul(model.smallestParameter(), 2);
  expect(submits(() => steps(5))).toBe(0);
  expect(submits(() => void submittedWork())).toBe(1);
  expect(submits(() => void submittedWork())).toBe(0);
  // No more than there is room for.
  expect(submits(() => steps(40))).toBe(2);
  const reads: Promise<unknown>[] = [];
  expect(submits(() => void reads.push(twice.data()))).toBe(1);
  await Promise.all(reads);
  steps(1);
  // Memory that a step waits to read must not go before.
  expect(submits(() => model.replay.dispose())).toBe(1);
  twice.dispose();
  model.dispose();
});

it('records anew where a look at it shows that something changed', () => {
  const model = replayedModel('mix', 8);
  for (let step = 0; step < 4; step++) model.step();
  const before = model.replay.recording;
  model.replay.check();
  model.step();
  expect(model.replay.recording).toBe(before);
  const changed = model.parameterOf('output.weight');
  const also = (): void => tf.tidy(() => void tf.cumsum(changed));
  model.replay.check();
  for (let step = 0; step < 2; step++) model.step(false, also);
  expect(model.replay.recording).not.toBeNull();
  expect(model.replay.recording).not.toBe(before);
  expect(model.replay.recording!.dispatches).toBeGreaterThan(before!.dispatches);
  expect(model.messages).toEqual([]);
  model.dispose();
});

it('five thousand replayed steps make no tensor and no buffer', () => {
  const model = replayedModel('mmoe', 8);
  for (let step = 0; step < 4; step++) model.step();
  const before = { memory: memoryOf(), made: gpuCalls().createBuffer };
  for (let step = 0; step < 5000; step++) model.step();
  expect({ memory: memoryOf(), made: gpuCalls().createBuffer }).toEqual(before);
  expect(model.replay.recording!.bytes).toBeGreaterThan(10_000);
  model.dispose();
});

it('says which operation keeps a step from being replayed, and goes on', () => {
  const model = replayedModel('mmoe', 8);
  const changing = model.parameterOf('expert.0.weight');
  let scale = 1;
  const use = (): void => tf.tidy(() => void tf.cumsum(tf.mul(changing, scale++)));
  for (let step = 0; step < 5; step++) model.step(false, use);
  expect(model.messages).toEqual([
    expect.stringMatching(
      /^Steps are run one operation at a time, not replayed: .* of program \d+, Multiply/,
    ),
  ]);
  expect(model.replay.recording).toBeNull();
  model.dispose();
});

it('names an input that is missing or too short', () => {
  const model = replayedModel('mmoe', 8);
  for (let step = 0; step < 3; step++) model.step();
  const recording = model.replay.recording!;
  const { inputs } = model.record();
  expect(() => recording.replay({ ...inputs, ids: [1] })).toThrow(/needs \d+ numbers of ids and got 1/);
  expect(() => recording.replay({ ...inputs, 'adam.rates': [] })).toThrow(/numbers of adam.rates/);
  model.dispose();
});

/**
 * Passes without gradient of every model on a device that computes nothing: two in a row differ in nothing but their inputs, each of which
 * is missed where it is frozen, and passes after the third make no buffer. That they compute the same bits is `e2e/replay.webgpu.spec.ts`'s to say.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { memoryOf } from '../src/engine';
import { difference } from '../src/engine/replay/difference';
import { chosenModels } from './support/chosenModels';
import { gpuCalls, openCountingGpu } from './support/countingGpu';
import { freezing, inputsOf } from './support/freezing';
import { replayedModel } from './support/replayedModel';
import { passKinds, recordPasses, takePasses } from './support/replayedPasses';

beforeAll(openCountingGpu);
afterAll(() => {
  vi.unstubAllGlobals();
});

describe.each(chosenModels().map(({ id }) => id))('%s', (id) => {
  it.each(passKinds)('%s: each input that is frozen is missed, and replays make no buffer', async (kind) => {
    const before = memoryOf().tensors;
    const model = replayedModel(id, 8);
    const [one, other] = recordPasses(model, kind);
    expect(difference(one, other)).toBeNull();
    const inputs = inputsOf(one);
    // Ids and what the model reads besides.
    expect(inputs).toContain('batch.ids');
    for (const name of inputs)
      expect(difference(freezing(name, one), freezing(name, other)), name).toMatch(
        /^Steps differ in the (numbers|values) of program \d+, \w+/,
      );
    let replayed = 0;
    await takePasses(model, kind, 6, false, (take) => {
      const { createBuffer, writeBuffer } = gpuCalls();
      take();
      // Its inputs, all of them together.
      expect(gpuCalls()).toMatchObject({ createBuffer, writeBuffer: writeBuffer + 1 });
      replayed++;
    });
    expect(replayed).toBe(3);
    expect(model.messages).toEqual([]);
    model.dispose();
    expect(memoryOf().tensors).toBe(before);
  });
});

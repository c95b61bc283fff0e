import { expect, it } from 'vitest';
import { createAfterStep, type AfterStepOptions } from './afterStep';

/** What happens after one step, in order. */
async function afterOne(step: number): Promise<string[]> {
  const happened: string[] = [];
  const after = createAfterStep({
    training: { evaluateEvery: 10, steps: 100, patience: 0 } as AfterStepOptions['training'],
    losses: { read: async () => ({}) } as unknown as AfterStepOptions['losses'],
    runAhead: {
      follow: async () => void happened.push('device followed'),
      restart: () => void happened.push('clock restarted'),
    },
    bestWeights: {
      update: () => undefined,
      exhausted: () => false,
    } as unknown as AfterStepOptions['bestWeights'],
    evaluate: async () => ({ kind: 'evaluation' }) as Awaited<ReturnType<AfterStepOptions['evaluate']>>,
  });
  for await (const event of after.run(step)) happened.push(event.kind);
  return happened;
}

it('the device is followed before a step is told, so that a pause heeded there has no further step to wait for', async () => {
  expect(await afterOne(7)).toEqual(['device followed', 'step']);
});

it('an evaluation waits for the device by itself', async () => {
  expect(await afterOne(10)).toEqual(['step', 'evaluation', 'clock restarted']);
});

import * as Comlink from 'comlink';
import { expect, it } from 'vitest';
import { transferMemory } from './transferMemory';

it('moves the memory of every typed array of an answer, however deep, and copies the rest', async () => {
  const shared = Float32Array.of(1, 2, 3, 4);
  const answer = {
    rows: Int32Array.of(5),
    truth: null,
    halves: [shared.subarray(0, 2), shared.subarray(2)],
    columns: { gate: Float32Array.of(0.5) },
    manifest: 'text',
  };
  const { port1, port2 } = new MessageChannel();
  Comlink.expose({ read: () => transferMemory(answer) }, port1);
  const told = await Comlink.wrap<{ read: () => typeof answer }>(port2).read();
  expect(told).toMatchObject({ truth: null, manifest: 'text' });
  expect([...told.rows, ...told.halves.flatMap((half) => [...half]), ...told.columns.gate]).toEqual([
    5, 1, 2, 3, 4, 0.5,
  ]);
  expect([answer.rows, shared, answer.columns.gate].map(({ byteLength }) => byteLength)).toEqual([0, 0, 0]);
  port1.close();
  port2.close();
});

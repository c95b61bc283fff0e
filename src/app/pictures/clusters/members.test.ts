import { expect, it } from 'vitest';
import { agreementWithGroups, clustersOf, orderOf } from './members';

const scenario = (group: string | null) => ({ id: 'a', name: 'A', group, share: 0.25, clickRate: 0.1 });

it('reads who is in which cluster, stands clusters side by side, and tells how they agree with known groups', () => {
  const members = {
    name: 'clusterMembers',
    shape: [4, 2],
    values: Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1),
    defined: new Uint8Array(8).fill(1),
  };
  const cluster = clustersOf(members);
  expect(cluster).toEqual([0, 1, 0, 1]);
  expect(orderOf(cluster)).toEqual([0, 2, 1, 3]);
  const of = (groups: readonly (string | null)[]) => agreementWithGroups(cluster, groups.map(scenario));
  expect(of(['x', 'y', 'x', 'y'])).toBe(1);
  expect(of(['x', 'x', 'y', 'y'])).toBeCloseTo(-0.5);
  // Imported data has no groups; groups of one scenario each say nothing.
  expect(of([null, null, null, null])).toBeNull();
  expect(of(['a', 'b', 'c', 'd'])).toBeNull();
  expect(clustersOf(null)).toEqual([]);
});

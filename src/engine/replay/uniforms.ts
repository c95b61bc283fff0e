/** Where the library's backend puts each number of a program's uniforms. */
import type { Uniform } from '../backends/webgpu/program';
import type { OpenPlace } from './list';

/** WGSL's alignment of one to six numbers as the library declares them: a scalar, vectors, then pairs of vectors. */
const ALIGNMENT = [4, 4, 8, 16, 16, 16, 16] as const;

/** Numbers that differ from step to step, with their places in bytes. */
export function openPlaces(uniforms: readonly Uniform[]): OpenPlace[] {
  const places: OpenPlace[] = [];
  let offset = 0;
  let before = 0;
  for (const { type, data, input } of uniforms) {
    const count = Math.max(1, data.length);
    const alignment = before > 4 ? 16 : ALIGNMENT[count]!;
    offset = Math.ceil(offset / alignment) * alignment;
    if (input) places.push({ ...input, type, offset });
    offset += 4 * count;
    before = count;
  }
  return places;
}

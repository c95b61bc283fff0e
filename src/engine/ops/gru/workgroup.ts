/** What the device's two programs of the gated recurrent unit share: a workgroup holds the states of its rows over all steps. */
import { int } from '../../backends/webgpu/program';

export interface Sizes {
  readonly batch: number;
  readonly length: number;
  readonly width: number;
}

/** Most units of a state that a device's workgroup can hold, one a thread. */
export const MOST_UNITS = 256;

/** Threads of a workgroup, which holds the whole states of a few rows over all steps, and those rows. */
export function workgroupOf(width: number): { readonly threads: number; readonly rows: number } {
  const threads = width <= 64 ? 64 : MOST_UNITS;
  return { threads, rows: Math.floor(threads / width) };
}

/** Sizes as the programs read them. */
export const measures = ({ batch, length, width }: Sizes) => ({
  batch: int(batch),
  steps: int(length),
  width: int(width),
  rows: int(workgroupOf(width).rows),
});

/** WGSL: which unit of which row a thread holds. */
export const unit = `
  let w = uniforms.width;
  let slot = local / w;
  let d = local % w;
  let b = group * uniforms.rows + slot;
  let live = slot < uniforms.rows && b < uniforms.batch;
  let first = slot * w;`;

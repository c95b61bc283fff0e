/** The proof by recording twice: what two steps in a row do differently, apart from their inputs. */
import type { RecordedBuffer, RecordedList, RecordedProgram } from './list';

/** One sentence that names the operation; null where the lists agree. */
export function difference(one: RecordedList, other: RecordedList): string | null {
  const count = Math.max(one.programs.length, other.programs.length);
  for (let at = 0; at < count; at++) {
    const [a, b] = [one.programs[at], other.programs[at]];
    const where = `program ${at + 1}, ${(a ?? b)!.operation}`;
    if (!a || !b || a.operation !== b.operation || a.shader !== b.shader)
      return `One step runs other programs than the next, from ${where} on.`;
    const found = programDifference(a, b) ?? buffersDifference(a, one, other);
    if (found) return `Steps differ in ${found} of ${where}; declare what changes as an input of the step.`;
  }
  return null;
}

function programDifference(a: RecordedProgram, b: RecordedProgram): string | null {
  if (a.pipeline !== b.pipeline) return 'the pipeline';
  if (!same(a.dispatch, b.dispatch)) return 'the number of workgroups';
  if (!same(a.buffers, b.buffers)) return 'the tensors';
  if (JSON.stringify(a.open) !== JSON.stringify(b.open)) return 'the inputs';
  return same(closed(a), closed(b)) ? null : 'the numbers';
}

function buffersDifference(program: RecordedProgram, one: RecordedList, other: RecordedList): string | null {
  const differing = program.buffers.find((at) => !sameBuffer(one.buffers[at]!, other.buffers[at]!));
  return differing === undefined ? null : one.buffers[differing]!.values ? 'the values' : 'the memory';
}

function sameBuffer(a: RecordedBuffer, b: RecordedBuffer): boolean {
  if (a.size !== b.size || a.input !== b.input || a.outer?.buffer !== b.outer?.buffer) return false;
  if (a.input !== null || !a.values || !b.values) return Boolean(a.values) === Boolean(b.values);
  return same(a.values, b.values);
}

/** Uniforms with nothing where a step writes its own numbers. */
function closed({ uniforms, open }: RecordedProgram): Uint8Array {
  const bytes = uniforms.slice();
  for (const { offset } of open) bytes.fill(0, offset, offset + 4);
  return bytes;
}

const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

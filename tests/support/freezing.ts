import type { RecordedList } from '../../src/engine/replay/list';

/** The list as it would be if an input had been left out: its values, or its numbers among uniforms, taken for constants. */
export function freezing(name: string, { buffers, programs }: RecordedList): RecordedList {
  return {
    buffers: buffers.map((buffer) => (buffer.input === name ? { ...buffer, input: null } : buffer)),
    programs: programs.map((program) => ({
      ...program,
      open: program.open.filter((place) => place.name !== name),
    })),
  };
}

/** Names of the inputs that a step reads. */
export function inputsOf({ buffers, programs }: RecordedList): Set<string> {
  return new Set([
    ...buffers.flatMap(({ input }) => input ?? []),
    ...programs.flatMap(({ open }) => open.map(({ name }) => name)),
  ]);
}

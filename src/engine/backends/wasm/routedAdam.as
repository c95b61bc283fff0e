// Adam of weights that rows reach by their group (`routed.as`), for groups of few rows: a few lines of the gradient at a time are made in the
// first cache and used at once, so that no gradient of all weights is written or read. To the bits of `routedWeight` and `adam`.
//
// own, m, v [total, input, output]; `made`: room for eight lines. output is a multiple of four, as `adam` counts its vectors. Groups that are
// absent get a zero gradient. Modes and dShared (added to) as in `routedWeight`; `shared` must still be what the gradient is of. The gradient
// of a group of more than `most` rows stands ready in `ready [total, input, output]` (mode 0). Lines from `first` until `last` of every
// matrix are updated: parts of them may be different threads', and each line of dShared is still summed in the order of groups.

const ADAM_LINES: i32 = 4;

export function routedAdam(
  x: usize, dy: usize, order: usize, groups: usize, count: i32, total: i32, most: i32, ready: usize,
  own: usize, shared: usize, mode: i32, dShared: usize, input: i32, output: i32,
  first: i32, last: i32, made: usize, m: usize, v: usize,
  beta1: f32, beta2: f32, stepSize: f32, inverseRoot: f32, epsilon: f32, pull: f32, centre: f32,
): void {
  const row = <usize>output << 2;
  const nothing = made + <usize>ADAM_LINES * row;
  memory.fill(nothing, 0, <usize>ADAM_LINES * row);
  let g = 0;
  let read = 0;
  for (let n = 0; n < total; n++) {
    const group = groups + <usize>g * 12;
    const present = g < count && load<i32>(group) == n;
    const from = present ? load<i32>(group, 4) : 0;
    const rows = present ? load<i32>(group, 8) : 0;
    if (present) g++;
    const block = (<usize>n * <usize>input * <usize>output) << 2;
    if (rows > most) {
      const from = block + <usize>first * row;
      adam(
        own + from, m + from, v + from, ready + from, (last - first) * output, beta1, beta2, stepSize, inverseRoot, epsilon, pull, centre,
      );
      continue;
    }
    for (let i = first; i < last; i += ADAM_LINES) {
      const lines = min(ADAM_LINES, last - i);
      const line = <usize>i * row;
      const at = block + line;
      if (present) {
        for (let k = 0; k < lines; k++) {
          weightLine(x + (<usize>(i + k) << 2), dy, order, from, rows, made + <usize>k * row, input, output);
        }
        if (mode != 0) shareLine(made, own + at, shared + line, mode, dShared + line, lines * output);
      }
      const more = (total - n) * input * output - (i + lines) * output;
      read |= adamAhead(
        own + at, m + at, v + at, present ? made : nothing, lines * output, more, beta1, beta2, stepSize, inverseRoot, epsilon, pull, centre,
      );
    }
  }
  store<i32>(made, read);
}

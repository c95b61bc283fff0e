// Rectangles of tensors: cut out of a larger one, or pasted into one that is zero elsewhere.

// Rows are short (an embedding, a few gates): words beat a call for each.
@inline
function copyRow(from: usize, to: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  for (; i < count; i++) {
    store<f32>(to, load<f32>(from));
    from += 4;
    to += 4;
  }
}

// out [d0, d1, d2, inner], contiguous, from x at strides s0, s1, s2 (in values).
export function cut(x: usize, out: usize, d0: i32, d1: i32, d2: i32, inner: i32, s0: i32, s1: i32, s2: i32): void {
  for (let i = 0; i < d0; i++) {
    for (let j = 0; j < d1; j++) {
      let from = x + ((<usize>i * <usize>s0 + <usize>j * <usize>s1) << 2);
      for (let k = 0; k < d2; k++) {
        copyRow(from, out, inner);
        from += <usize>s2 << 2;
        out += <usize>inner << 2;
      }
    }
  }
}

// x [d0, d1, d2, inner], contiguous, into out at strides s0, s1, s2.
export function paste(x: usize, out: usize, d0: i32, d1: i32, d2: i32, inner: i32, s0: i32, s1: i32, s2: i32): void {
  for (let i = 0; i < d0; i++) {
    for (let j = 0; j < d1; j++) {
      let to = out + ((<usize>i * <usize>s0 + <usize>j * <usize>s1) << 2);
      for (let k = 0; k < d2; k++) {
        copyRow(x, to, inner);
        to += <usize>s2 << 2;
        x += <usize>inner << 2;
      }
    }
  }
}

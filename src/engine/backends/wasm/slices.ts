/** How a product is cut for several threads: along rows or columns of its result, at places where tiles begin. */

/** What a product computes and where its operands lie; addresses in bytes, sizes in values. */
export interface Cuttable {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly bias: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly lda: number;
  readonly ldb: number;
  readonly ldc: number;
  /** Flags of `gemm`: 1 and 2 for transposed operands. */
  readonly flags: number;
}

/** Rows and columns of the tiles that a product is computed in: a cut between tiles changes no sum. */
const ROWS = 4;
const COLUMNS = 8;

/** Ends of `parts` runs of whole tiles over `length`; fewer where there are fewer tiles. */
export function cuts(length: number, tile: number, parts: number): number[] {
  const tiles = Math.ceil(length / tile);
  const count = Math.max(1, Math.min(parts, tiles));
  return Array.from({ length: count }, (_, i) =>
    Math.min(length, tile * Math.round((tiles * (i + 1)) / count)),
  );
}

/** Rows or columns? Each part packs the operand that is not cut for itself, so the longer side is. */
function alongRows({ m, n }: Pick<Cuttable, 'm' | 'n'>): boolean {
  return m >= n;
}

/** The same product as `parts` products over different parts of the result, to the bit. */
export function cutProduct(call: Cuttable, parts: number): Cuttable[] {
  const rows = alongRows(call);
  let from = 0;
  return cuts(rows ? call.m : call.n, rows ? ROWS : COLUMNS, parts).map((end) => {
    const start = from;
    from = end;
    if (rows) {
      const stepA = (call.flags & 1) !== 0 ? 1 : call.lda;
      return { ...call, a: call.a + 4 * start * stepA, c: call.c + 4 * start * call.ldc, m: end - start };
    }
    const stepB = (call.flags & 2) !== 0 ? call.ldb : 1;
    const bias = call.bias && call.bias + 4 * start;
    return { ...call, b: call.b + 4 * start * stepB, c: call.c + 4 * start, bias, n: end - start };
  });
}

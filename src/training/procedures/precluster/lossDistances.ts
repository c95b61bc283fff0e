/** How differently a model errs in two scenarios: divergences between the scenarios' distributions of losses. */

/** Bins of losses, each with about as many of all rows. */
const BINS = 20;
/** Rows whose losses spread as those of all scenarios do, added to each scenario: no bin is empty, and few rows say little. */
const PRIOR_ROWS = 20;

export interface Losses {
  /** Loss of each row. */
  readonly loss: ArrayLike<number>;
  /** Scenario of each row, 0 … N-1. */
  readonly scenario: ArrayLike<number>;
  /** N */
  readonly scenarios: number;
}

/** Upper edges of all bins but the last, at quantiles of all losses; equal losses fall into one bin. */
function edgesOf(loss: ArrayLike<number>): number[] {
  const sorted = Float64Array.from(loss).sort();
  const at = (bin: number): number => sorted[Math.floor((bin * sorted.length) / BINS)]!;
  return [...new Set(Array.from({ length: BINS - 1 }, (_, bin) => at(bin + 1)))];
}

/** Distribution of each scenario's losses over bins, drawn towards that of all rows. Without any row all are alike. */
function lossDistributions({ loss, scenario, scenarios }: Losses): readonly (readonly number[])[] {
  if (loss.length === 0) return Array.from({ length: scenarios }, () => [1]);
  const edges = edgesOf(loss);
  const counts = Array.from({ length: scenarios }, () => new Float64Array(edges.length + 1));
  const all = new Float64Array(edges.length + 1);
  for (let i = 0; i < loss.length; i++) {
    const above = edges.findIndex((edge) => loss[i]! < edge);
    const bin = above < 0 ? edges.length : above;
    counts[scenario[i]!]![bin]!++;
    all[bin]!++;
  }
  return counts.map((own) => {
    const rows = own.reduce((sum, count) => sum + count, 0);
    return Array.from(
      own,
      (count, bin) => (count + (PRIOR_ROWS * all[bin]!) / loss.length) / (rows + PRIOR_ROWS),
    );
  });
}

/** Kullback–Leibler divergence in nats; bins that p never has count nothing. */
function divergence(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, share, bin) => (share > 0 ? sum + share * Math.log(share / q[bin]!) : sum), 0);
}

/** The mean of both divergences of every pair `[N * N]`, row-major: symmetric, 0 on the diagonal. */
export function lossDistances(losses: Losses): Float64Array {
  const distributions = lossDistributions(losses);
  const n = distributions.length;
  const found = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [p, q] = [distributions[i]!, distributions[j]!];
      found[i * n + j] = found[j * n + i] = (divergence(p, q) + divergence(q, p)) / 2;
    }
  }
  return found;
}

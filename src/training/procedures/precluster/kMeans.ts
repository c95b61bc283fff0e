/**
 * K-means (MacQueen 1967) by Lloyd's iterations, seeded as k-means++ (Arthur and Vassilvitskii 2007), the best of several starts.
 *
 * A few dozen lines stand here in the place of a package: the one that is kept well (ml-kmeans) brings nine others along, draws from a
 * generator of its own, and leaves clusters empty; a cluster here is a tower, which somebody has to train.
 */
import { uniformAt } from '../../../engine';

const STARTS = 20;
const MOST_ROUNDS = 100;

interface Clustering {
  /** Cluster of each point, clusters numbered in the order in which points come to them `[N]`. */
  readonly cluster: Int32Array;
  /** Sum of squared distances to the own cluster's mean. */
  readonly inertia: number;
}

type Point = readonly number[];

function squaredDistance(a: Point, b: Point): number {
  return a.reduce((sum, x, k) => sum + (x - b[k]!) ** 2, 0);
}

/** The nearest of some centres, the first of equals. */
function nearest(
  point: Point,
  centres: readonly Point[],
): { readonly at: number; readonly distance: number } {
  return centres.reduce(
    (best, centre, at) => {
      const distance = squaredDistance(point, centre);
      return distance < best.distance ? { at, distance } : best;
    },
    { at: 0, distance: Infinity },
  );
}

/** Each next centre is a point, the likelier the further it is from those that are there. */
function firstCentres(points: readonly Point[], k: number, draw: () => number): Point[] {
  const centres = [points[Math.floor(draw() * points.length)]!];
  while (centres.length < k) {
    const distances = points.map((point) => nearest(point, centres).distance);
    let left = draw() * distances.reduce((sum, distance) => sum + distance, 0);
    const at = distances.findIndex((distance) => distance > 0 && (left -= distance) <= 0);
    // Points that are all alike: any will do.
    centres.push(points[at < 0 ? distances.indexOf(Math.max(...distances)) : at]!);
  }
  return centres;
}

function meanOf(points: readonly Point[]): Point {
  return points[0]!.map((_, k) => points.reduce((sum, point) => sum + point[k]!, 0) / points.length);
}

/** Gives every cluster that has no point the one that lies furthest from its own cluster's centre. */
function fillEmpty(cluster: Int32Array, points: readonly Point[], centres: readonly Point[]): void {
  centres.forEach((_, empty) => {
    if (cluster.includes(empty)) return;
    let [furthest, most] = [-1, -1];
    points.forEach((point, i) => {
      if (cluster.indexOf(cluster[i]!) === cluster.lastIndexOf(cluster[i]!)) return;
      const distance = squaredDistance(point, centres[cluster[i]!]!);
      if (distance > most) [furthest, most] = [i, distance];
    });
    cluster[furthest] = empty;
  });
}

function fromStart(points: readonly Point[], k: number, draw: () => number): Clustering {
  let centres = firstCentres(points, k, draw);
  let cluster = new Int32Array(points.length).fill(-1);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = Int32Array.from(points, (point) => nearest(point, centres).at);
    fillEmpty(next, points, centres);
    const settled = next.every((own, i) => own === cluster[i]);
    cluster = next;
    centres = centres.map((_, c) => meanOf(points.filter((_point, i) => cluster[i] === c)));
    if (settled) break;
  }
  const inertia = points.reduce((sum, point, i) => sum + squaredDistance(point, centres[cluster[i]!]!), 0);
  return { cluster, inertia };
}

/** Clusters by other numbers: in the order of their first points. */
function numberedAsTheyCome(cluster: Int32Array): Int32Array {
  const order = [...new Set(cluster)];
  return cluster.map((own) => order.indexOf(own));
}

/**
 * Groups of points whose sum of squared distances to their means is the least that was found. No cluster is empty.
 *
 * @param points `[N]` points of one length, N at least `k`
 * @param k number of clusters, at least 1
 */
export function kMeans(points: readonly Point[], k: number, seed: number): Clustering {
  let best: Clustering | null = null;
  for (let start = 0; start < STARTS; start++) {
    let drawn = 0;
    const found = fromStart(points, k, () => uniformAt(seed, `k-means ${start}`, drawn++));
    if (!best || found.inertia < best.inertia) best = found;
  }
  return { ...best!, cluster: numberedAsTheyCome(best!.cluster) };
}

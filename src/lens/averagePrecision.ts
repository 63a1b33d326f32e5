/**
 * Average precision of a ranking: Σ_k (R_k − R_{k−1})·P_k over the distinct scores, best first (scikit-learn's
 * `average_precision_score`, no interpolation). Equal scores are taken together, so their order does not matter.
 * @param relevant 1 for what should come first, else 0
 * @returns 0…1; undefined when nothing is relevant
 */
export function averagePrecision(scores: ArrayLike<number>, relevant: ArrayLike<number>): number | undefined {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i);
  order.sort((i, j) => scores[j]! - scores[i]!);
  let positives = 0;
  for (let i = 0; i < relevant.length; i++) positives += relevant[i]! ? 1 : 0;
  if (positives === 0) return undefined;
  let [found, before, sum] = [0, 0, 0];
  order.forEach((i, rank) => {
    if (relevant[i]) found++;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === scores[i]) return;
    sum += ((found - before) / positives) * (found / (rank + 1));
    before = found;
  });
  return sum;
}

/**
 * The numbers 0 … count−1 in an order in which every stretch is spread over the whole: steps of about the golden section,
 * which meet every number once. A folder is often sorted by class; whoever reads it in this order never sees one class alone.
 */
export function spreadOrder(count: number): Int32Array {
  const order = new Int32Array(count);
  if (count < 2) return order;
  let step = Math.max(1, Math.round(count * 0.6180339887498949));
  while (commonDivisor(step, count) !== 1) step++;
  for (let i = 1; i < count; i++) order[i] = (order[i - 1]! + step) % count;
  return order;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

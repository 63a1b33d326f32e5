/** All eigenvalues and eigenvectors of a symmetric matrix by Jacobi rotations: slow and certain. */
export function jacobi(matrix: ArrayLike<number>, size: number): { value: number; vector: number[] }[] {
  const a = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => matrix[i * size + j]!),
  );
  const v = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => Number(i === j)));
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, v, p, q);
  }
  return a
    .map((row, i) => ({ value: row[i]!, vector: v.map((components) => components[i]!) }))
    .sort((x, y) => y.value - x.value);
}

function rotate(a: number[][], v: number[][], p: number, q: number): void {
  if (Math.abs(a[p]![q]!) < 1e-300) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (const row of [...a, ...v]) {
    [row[p], row[q]] = [c * row[p]! - s * row[q]!, s * row[p]! + c * row[q]!];
  }
  a[p]!.forEach((_, j) => {
    const [x, y] = [a[p]![j]!, a[q]![j]!];
    a[p]![j] = c * x - s * y;
    a[q]![j] = s * x + c * y;
  });
}

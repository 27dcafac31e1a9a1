/** Small dense linear systems, as floats. A system that has no one solution gives null. */
export type Vector = readonly number[];
export type Matrix = readonly Vector[];

/** What is left of a pivot, as a part of its row's largest number, below which a system counts as singular. */
const SINGULAR_RELATIVE = 1e-12;

export const dot = (a: Vector, b: Vector): number => a.reduce((sum, each, at) => sum + each * (b[at] ?? 0), 0);

export const times = (matrix: Matrix, vector: Vector): number[] => matrix.map((row) => dot(row, vector));

export const transposed = (matrix: Matrix): number[][] => (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column] ?? 0));

/** x of A x = b, A square, by elimination with partial pivoting; null where A is singular. */
export function solve(matrix: Matrix, right: Vector): number[] | null {
  const size = matrix.length;
  const rows = matrix.map((row, at) => [...row, right[at] ?? 0]);
  const largest = Math.max(...matrix.flat().map(Math.abs));
  for (let column = 0; column < size; column++) {
    const from = rows.slice(column);
    const best = from.reduce((found, row, at) => (Math.abs(row[column] ?? 0) > Math.abs(from[found]?.[column] ?? 0) ? at : found), 0) + column;
    const [pivotRow, swapped] = [rows[best] ?? [], rows[column] ?? []];
    rows[best] = swapped;
    rows[column] = pivotRow;
    const pivot = pivotRow[column] ?? 0;
    if (Math.abs(pivot) <= largest * SINGULAR_RELATIVE) return null;
    rows.forEach((row, at) => {
      if (at === column) return;
      const factor = (row[column] ?? 0) / pivot;
      rows[at] = row.map((each, k) => each - factor * (pivotRow[k] ?? 0));
    });
  }
  return rows.map((row, at) => (row[size] ?? 0) / (row[at] ?? 1));
}

/** x that solves A x = b where it can be solved, or comes nearest by least squares where there are more equations than unknowns. */
export function solveLeastSquares(matrix: Matrix, right: Vector): number[] | null {
  if (matrix.length === matrix[0]?.length) return solve(matrix, right);
  const columns = transposed(matrix);
  return solve(columns.map((a) => columns.map((b) => dot(a, b))), columns.map((column) => dot(column, right)));
}

/**
 * torch's adaptive average pooling as a matrix `[edgeOut², edgeIn²]`, row-major: output cell i averages the input cells
 * from ⌊i · in / out⌋ to ⌈(i + 1) · in / out⌉ in each direction. An output larger than the input repeats cells.
 */
export function averagingMatrix(edgeIn: number, edgeOut: number): Float32Array {
  const range = (cell: number): [number, number] => [
    Math.floor((cell * edgeIn) / edgeOut),
    Math.ceil(((cell + 1) * edgeIn) / edgeOut),
  ];
  const matrix = new Float32Array(edgeOut * edgeOut * edgeIn * edgeIn);
  for (let row = 0; row < edgeOut; row += 1) {
    for (let column = 0; column < edgeOut; column += 1) {
      const [top, bottom] = range(row);
      const [left, right] = range(column);
      const share = 1 / ((bottom - top) * (right - left));
      const start = (row * edgeOut + column) * edgeIn * edgeIn;
      for (let y = top; y < bottom; y += 1) {
        for (let x = left; x < right; x += 1) matrix[start + y * edgeIn + x] = share;
      }
    }
  }
  return matrix;
}

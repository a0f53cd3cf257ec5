/**
 * Spearman's rank correlation, ties at their mean rank: Pearson's correlation of the ranks. Null where one of the two does
 * not vary, since there is no order to compare then.
 */
export function rankCorrelation(first: readonly number[], second: readonly number[]): number | null {
  if (first.length !== second.length) throw new RangeError('The two lists differ in length.');
  const [x, y] = [ranks(first), ranks(second)];
  const middle = (first.length + 1) / 2;
  let [product, squareX, squareY] = [0, 0, 0];
  for (let index = 0; index < x.length; index += 1) {
    product += (x[index]! - middle) * (y[index]! - middle);
    squareX += (x[index]! - middle) ** 2;
    squareY += (y[index]! - middle) ** 2;
  }
  return squareX === 0 || squareY === 0 ? null : product / Math.sqrt(squareX * squareY);
}

function ranks(values: readonly number[]): Float64Array {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    for (let place = start; place < end; place += 1) result[order[place]!] = (start + 1 + end) / 2;
    start = end;
  }
  return result;
}

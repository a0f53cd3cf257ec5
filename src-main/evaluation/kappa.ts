import type { Kappa } from '../../src-shared/contract/metrics.ts';
import { z95 } from '../../src-shared/domain/wilson.ts';

/**
 * Cohen's κ between two raters who each put every case into one of `categories` classes (0 … categories − 1), with the
 * large-sample interval of Fleiss, Cohen & Everitt (1969). Null where both always say the same single class.
 */
export function cohenKappa(first: ArrayLike<number>, second: ArrayLike<number>, categories: number): Kappa {
  const total = first.length;
  if (total !== second.length) throw new RangeError('Both raters must have judged the same cases.');
  if (total === 0) return { value: null, low: null, high: null, agreement: null, n: 0 };
  const shares = Array.from({ length: categories }, () => new Float64Array(categories));
  for (let item = 0; item < total; item += 1) shares[first[item]!]![second[item]!]! += 1 / total;
  const rows = shares.map((row) => row.reduce((sum, share) => sum + share, 0));
  const columns = shares.map((_row, category) => shares.reduce((sum, row) => sum + row[category]!, 0));

  const agreement = shares.reduce((sum, row, category) => sum + row[category]!, 0);
  const expected = rows.reduce((sum, row, category) => sum + row * columns[category]!, 0);
  if (1 - expected < 1e-12) return { value: null, low: null, high: null, agreement, n: total };
  const kappa = (agreement - expected) / (1 - expected);

  let diagonal = 0;
  let offDiagonal = 0;
  shares.forEach((row, category) => {
    row.forEach((share, other) => {
      if (category === other) {
        diagonal += share * (1 - (rows[category]! + columns[category]!) * (1 - kappa)) ** 2;
      } else {
        offDiagonal += share * (columns[category]! + rows[other]!) ** 2;
      }
    });
  });
  offDiagonal *= (1 - kappa) ** 2;
  const chance = (kappa - expected * (1 - kappa)) ** 2;
  const variance = Math.max(0, (diagonal + offDiagonal - chance) / (total * (1 - expected) ** 2));
  const halfWidth = z95 * Math.sqrt(variance);
  return {
    value: kappa,
    low: Math.max(-1, kappa - halfWidth),
    high: Math.min(1, kappa + halfWidth),
    agreement,
    n: total,
  };
}

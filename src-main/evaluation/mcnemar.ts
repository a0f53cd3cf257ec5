import type { McNemar } from '../../src-shared/contract/metrics.ts';
import { fairBinomialCumulative } from '../../src-shared/domain/specialFunctions.ts';

/**
 * Exact McNemar test: are the images that only one of two runs gets right split evenly? Two-sided binomial p; 1 where no
 * image is discordant.
 */
export function mcnemarExact(firstRight: readonly boolean[], secondRight: readonly boolean[]): McNemar {
  const counts = { bothRight: 0, onlyFirstRight: 0, onlySecondRight: 0, bothWrong: 0 };
  firstRight.forEach((first, image) => {
    const second = secondRight[image]!;
    if (first) counts[second ? 'bothRight' : 'onlyFirstRight'] += 1;
    else counts[second ? 'onlySecondRight' : 'bothWrong'] += 1;
  });
  const fewer = Math.min(counts.onlyFirstRight, counts.onlySecondRight);
  const discordant = counts.onlyFirstRight + counts.onlySecondRight;
  return { ...counts, pValue: Math.min(1, 2 * fairBinomialCumulative(fewer, discordant)) };
}

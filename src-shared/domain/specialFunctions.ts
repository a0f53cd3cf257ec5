/** Coefficients of Lanczos' approximation with g = 7, n = 9 (relative error about 1e-15). */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  // Stirling's series loses nothing for large arguments, where Lanczos' powers would cancel.
  if (x > 30) {
    const inverseSquare = 1 / (x * x);
    const series = (1 / 12 - inverseSquare * (1 / 360 - inverseSquare * (1 / 1260 - inverseSquare / 1680))) / x;
    return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
  }
  const shifted = x - 1;
  const base = shifted + 7.5;
  const sum = lanczos.slice(1).reduce((total, term, place) => total + term / (shifted + place + 1), lanczos[0]!);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

/** Continued fraction of the incomplete beta function by Lentz's method (DLMF 8.17.22). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  let result = d;
  for (let step = 1; step <= 10_000; step += 1) {
    for (const even of [true, false]) {
      const numerator = even
        ? (step * (b - step) * x) / ((a + 2 * step - 1) * (a + 2 * step))
        : (-(a + step) * (a + b + step) * x) / ((a + 2 * step) * (a + 2 * step + 1));
      d = 1 + numerator * d;
      d = 1 / (Math.abs(d) < tiny ? tiny : d);
      c = 1 + numerator / c;
      if (Math.abs(c) < tiny) c = tiny;
      result *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return result;
}

/** Regularised incomplete beta function Iₓ(a, b), a, b > 0, 0 ≤ x ≤ 1: the distribution function of the beta distribution. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** Quantile of the beta distribution by bisection to the last bit: slow and safe, two calls per interval. */
export function betaQuantile(probability: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (incompleteBeta(middle, a, b) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Quantile (above ½) of Student's t distribution, by t² / (t² + ν) ~ Beta(½, ν/2). */
export function studentQuantile(probability: number, degreesOfFreedom: number): number {
  const share = betaQuantile(2 * probability - 1, 0.5, degreesOfFreedom / 2);
  return Math.sqrt((degreesOfFreedom * share) / (1 - share));
}

/** Probability of at most `successes` in `trials` fair coin throws. */
export function fairBinomialCumulative(successes: number, trials: number): number {
  if (successes >= trials) return 1;
  return incompleteBeta(0.5, trials - successes, successes + 1);
}

/** Two-sided p of a standard normal deviate: 2·(1 − Φ(|z|)) = erfc(|z|/√2). */
export function normalTwoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  if (x < 2.5) {
    // erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)) (DLMF 7.6.2)
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 500; n += 1) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  // Continued fraction from its far end (DLMF 7.9.1)
  let fraction = x;
  for (let n = 120; n >= 1; n -= 1) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

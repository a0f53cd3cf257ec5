/** Seeded random numbers: the same seed and purpose give the same sequence on every machine. */
export interface Random {
  /** 0 ≤ value < 1, 32 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Whole number, 0 ≤ value < limit. */
  below(limit: number): number;
}

/**
 * sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush.
 *
 * @param purpose separates the sequences of one seed, e.g. `weights`, `order 3`, so that one does not shift another
 */
export function createRandom(seed: number, purpose: string): Random {
  let a = hash(purpose, 0x9e3779b9);
  let b = hash(purpose, 0x85ebca6b);
  let c = seed >>> 0;
  let counter = 1;
  let spare: number | null = null;

  function next(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  }
  for (let round = 0; round < 15; round += 1) next();

  return {
    uniform: () => next() / 4_294_967_296,
    below: (limit) => Math.floor((next() / 4_294_967_296) * limit),
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      // Box & Muller 1958; the half keeps the logarithm's argument above 0.
      const radius = Math.sqrt(-2 * Math.log((next() + 0.5) / 4_294_967_296));
      const angle = (2 * Math.PI * next()) / 4_294_967_296;
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** FNV-1a over the text's code units. */
function hash(text: string, offset: number): number {
  let value = (0x811c9dc5 ^ offset) >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value | 0;
}

/** Fisher–Yates. */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

/** Seeded random numbers: the same key gives the same sequence on every platform. */
export interface RandomSource {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Whole number in [low, high], both included. */
  integer(low: number, high: number): number;
  /** Standard normal (Box and Muller 1958). */
  normal(): number;
  chance(probability: number): boolean;
}

/** 128 bits of state from any text: four FNV-1a hashes with different offsets, then mixed. */
function stateFromKey(key: string): [number, number, number, number] {
  const state: [number, number, number, number] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35];
  for (let index = 0; index < key.length; index++) {
    const code = key.charCodeAt(index);
    for (let lane = 0; lane < 4; lane++) state[lane] = Math.imul(state[lane]! ^ (code + lane * 97), 0x01000193);
  }
  return state;
}

/** The small fast counting generator sfc32 (Chris Doty-Humphrey, PractRand). */
export function createRandom(key: string): RandomSource {
  let [a, b, c, counter] = stateFromKey(key);
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  };
  for (let warmUp = 0; warmUp < 16; warmUp++) next();
  let spare: number | null = null;
  const normal = (): number => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return {
    next,
    normal,
    between: (low, high) => low + (high - low) * next(),
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
  };
}

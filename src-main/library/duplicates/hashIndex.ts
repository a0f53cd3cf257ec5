/**
 * All 64-bit hashes within a small Hamming distance of a given one, without comparing with every other: multi-index hashing (Norouzi, Punjani
 * and Fleet 2012). A hash is cut into four words of 16 bits; two hashes at a distance of at most 11 agree in one word to 2 bits, at a distance of
 * at most 7 to 1 bit. So only the buckets of the words that lie that near are looked at.
 */
const words = 4;
const buckets = 1 << 16;

export interface HashIndex {
  readonly size: number;
  /** Calls `report` for every stored hash within `distance` (at most 11) of the 8 bytes of `bytes` at `offset`, each once. */
  near(bytes: Uint8Array, offset: number, distance: number, report: (place: number, distance: number) => void): void;
}

/** `hashes` holds one hash of 8 bytes every `stride` bytes. */
export function indexHashes(hashes: Uint8Array, stride: number): HashIndex {
  const size = Math.floor(hashes.length / stride);
  const tables = Array.from({ length: words }, (_, word) => bucketTable(hashes, stride, size, word));
  /** Number of the query that last found a place, so that a place in several buckets is reported once. */
  const found = new Uint32Array(size);
  let query = 0;

  return {
    size,
    near(bytes, offset, distance, report) {
      query++;
      const low = halfAt(bytes, offset);
      const high = halfAt(bytes, offset + 4);
      const flips = distance >= 8 ? twoBits : oneBit;
      for (let word = 0; word < words; word++) {
        const { starts, places, halves } = tables[word]!;
        const own = wordAt(bytes, offset, word);
        for (const flip of flips) {
          const end = starts[(own ^ flip) + 1]!;
          for (let at = starts[own ^ flip]!; at < end; at++) {
            const apart = setBits(low ^ halves[2 * at]!) + setBits(high ^ halves[2 * at + 1]!);
            if (apart > distance) continue;
            const place = places[at]!;
            if (found[place] === query) continue;
            found[place] = query;
            report(place, apart);
          }
        }
      }
    },
  };
}

export const largestDistance = 11;

/** Bits in which two hashes of 8 bytes differ. */
export function hammingDistance(a: Uint8Array, atA: number, b: Uint8Array, atB: number): number {
  return setBits(halfAt(a, atA) ^ halfAt(b, atB)) + setBits(halfAt(a, atA + 4) ^ halfAt(b, atB + 4));
}

/** Four bytes as a number of 32 bits. */
function halfAt(bytes: Uint8Array, offset: number): number {
  return bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24);
}

/** Bits set in a number of 32 bits (Warren, Hacker's Delight, section 5-1). */
function setBits(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Words with at most one, and at most two bits set. */
const oneBit = Uint16Array.from([0, ...Array.from({ length: 16 }, (_, bit) => 1 << bit)]);
const twoBits = Uint16Array.from([
  ...oneBit,
  ...Array.from({ length: 16 }, (_, first) =>
    Array.from({ length: first }, (__, second) => (1 << first) | (1 << second)),
  ).flat(),
]);

function wordAt(bytes: Uint8Array, offset: number, word: number): number {
  return bytes[offset + 2 * word]! | (bytes[offset + 2 * word + 1]! << 8);
}

/** Places sorted by their word; bucket b is places[starts[b]] … places[starts[b + 1] − 1]. Their hashes lie in the same order, in two halves. */
function bucketTable(hashes: Uint8Array, stride: number, size: number, word: number) {
  const starts = new Uint32Array(buckets + 1);
  for (let place = 0; place < size; place++) starts[wordAt(hashes, place * stride, word) + 1]!++;
  for (let bucket = 0; bucket < buckets; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const next = starts.slice();
  const places = new Uint32Array(size);
  const halves = new Int32Array(2 * size);
  for (let place = 0; place < size; place++) {
    const at = next[wordAt(hashes, place * stride, word)]!++;
    places[at] = place;
    halves[2 * at] = halfAt(hashes, place * stride);
    halves[2 * at + 1] = halfAt(hashes, place * stride + 4);
  }
  return { starts, places, halves };
}

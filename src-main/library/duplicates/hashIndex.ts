/**
 * All 64-bit hashes within a small Hamming distance of a given one, without comparing with every other: multi-index hashing (Norouzi, Punjani
 * and Fleet 2012). A hash is cut into four words of 16 bits; two hashes at a distance of at most 11 agree in one word to 2 bits, at a distance of
 * at most 7 to 1 bit. So only the buckets of the words that lie that near are looked at.
 */
const words = 4;
const buckets = 1 << 16;

export interface HashIndex {
  readonly size: number;
  /** Calls `found` for every stored hash within `distance` (at most 11) of the 8 bytes of `bytes` at `offset`, each once. */
  near(bytes: Uint8Array, offset: number, distance: number, found: (place: number, distance: number) => void): void;
}

/** `hashes` holds one hash of 8 bytes every `stride` bytes. */
export function indexHashes(hashes: Uint8Array, stride: number): HashIndex {
  const size = Math.floor(hashes.length / stride);
  const tables = Array.from({ length: words }, (_, word) => bucketTable(hashes, stride, size, word));
  /** Number of the query that last looked at a place, so that a place in several buckets is reported once. */
  const seen = new Uint32Array(size);
  let query = 0;

  return {
    size,
    near(bytes, offset, distance, found) {
      query++;
      const flips = distance >= 8 ? twoBits : oneBit;
      for (let word = 0; word < words; word++) {
        const { starts, places } = tables[word]!;
        const own = wordAt(bytes, offset, word);
        for (const flip of flips) {
          const bucket = own ^ flip;
          for (let at = starts[bucket]!; at < starts[bucket + 1]!; at++) {
            const place = places[at]!;
            if (seen[place] === query) continue;
            seen[place] = query;
            const apart = hammingDistance(bytes, offset, hashes, place * stride);
            if (apart <= distance) found(place, apart);
          }
        }
      }
    },
  };
}

export const largestDistance = 11;

/** Bits in which two hashes of 8 bytes differ. */
export function hammingDistance(a: Uint8Array, atA: number, b: Uint8Array, atB: number): number {
  let count = 0;
  for (let index = 0; index < 8; index++) count += bitCounts[a[atA + index]! ^ b[atB + index]!]!;
  return count;
}

const bitCounts = Uint8Array.from({ length: 256 }, (_, value) => value.toString(2).replaceAll('0', '').length);

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

/** Places sorted by their word; bucket b is places[starts[b]] … places[starts[b + 1] − 1]. */
function bucketTable(hashes: Uint8Array, stride: number, size: number, word: number) {
  const starts = new Uint32Array(buckets + 1);
  for (let place = 0; place < size; place++) starts[wordAt(hashes, place * stride, word) + 1]!++;
  for (let bucket = 0; bucket < buckets; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const next = starts.slice();
  const places = new Uint32Array(size);
  for (let place = 0; place < size; place++) places[next[wordAt(hashes, place * stride, word)]!++] = place;
  return { starts, places };
}

/** Segmented palettes, PS3.3 C.7.9.2: runs of entries, straight lines between entries, and repetitions of earlier segments. */

const discrete = 0;
const linear = 1;
const indirect = 2;

interface Reading {
  values: Uint16Array;
  entries: Uint16Array;
  filled: number;
  /** Whether values are words; offsets of indirect segments count bytes, in four bytes: two words or four values of a byte. */
  words: boolean;
}

/** All `count` entries; null when the segments do not give just as many. A byte of padding at the end is passed over. */
export function expandSegments(values: Uint16Array, count: number, words: boolean): Uint16Array | null {
  const reading: Reading = { values, entries: new Uint16Array(count), filled: 0, words };
  let position = 0;
  while (reading.filled < count) {
    const next = readSegment(reading, position, true);
    if (next === null) return null;
    position = next;
  }
  return values.length - position <= 1 ? reading.entries : null;
}

/** Reads the segment at `position` and returns where the next one begins; null when it does not add up. */
function readSegment(reading: Reading, position: number, mayRepeat: boolean): number | null {
  const { values, entries } = reading;
  const [kind, length] = [values[position], values[position + 1]];
  if (kind === undefined || length === undefined || length === 0) return null;
  if (kind === indirect) return mayRepeat ? repeat(reading, position, length) : null;
  if (reading.filled + length > entries.length) return null;
  if (kind === discrete) {
    if (position + 2 + length > values.length) return null;
    entries.set(values.subarray(position + 2, position + 2 + length), reading.filled);
    reading.filled += length;
    return position + 2 + length;
  }
  const last = values[position + 2];
  if (kind !== linear || last === undefined || reading.filled === 0) return null;
  const before = entries[reading.filled - 1]!;
  for (let step = 1; step <= length; step++) {
    entries[reading.filled++] = Math.round(before + ((last - before) * step) / length);
  }
  return position + 3;
}

/** Copies `segments` segments that begin at an offset into the data. */
function repeat(reading: Reading, position: number, segments: number): number | null {
  const { values, words } = reading;
  const end = position + (words ? 4 : 6);
  if (end > values.length) return null;
  const bytes = values
    .subarray(position + 2, end)
    .reduceRight((sum, value) => sum * (words ? 0x1_0000 : 0x100) + value, 0);
  const offset = words ? bytes / 2 : bytes;
  let from: number | null = offset;
  for (let segment = 0; segment < segments && from !== null; segment++) {
    from = Number.isInteger(from) && from < position ? readSegment(reading, from, false) : null;
  }
  return from === null ? null : end;
}

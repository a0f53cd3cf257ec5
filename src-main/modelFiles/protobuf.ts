/**
 * As much of protobuf's wire format as a model file needs: varints, texts, messages and raw bytes (protobuf.dev, "Encoding").
 * Large bytes are kept by reference, so that the whole file is never in one buffer.
 */
export type Chunks = Uint8Array[];

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    if (rest === 0n) {
      bytes.push(low);
      return Uint8Array.from(bytes);
    }
    bytes.push(low | 0x80);
  }
}

/** A whole number, 0 or above. */
export function integerField(field: number, value: number): Chunks {
  return [varint(field << 3), varint(value)];
}

export function floatField(field: number, value: number): Chunks {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [varint((field << 3) | 5), bytes];
}

export function textField(field: number, text: string): Chunks {
  return bytesField(field, [new TextEncoder().encode(text)]);
}

/** Length-delimited: bytes or a message. */
export function bytesField(field: number, content: Chunks): Chunks {
  return [varint((field << 3) | 2), varint(lengthOf(content)), ...content];
}

export function lengthOf(chunks: Chunks): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

/** What a weights file may cost. The largest that is meant to be read is VGG-19's with its full head, 575 MB in float32. */
export const limits = {
  /** Tensors in one file. */
  tensors: 10_000,
  /** Elements of one tensor; the largest of the architectures at hand has 103 million. */
  elements: 2 ** 28,
  /** Bytes of a pickle program. */
  pickleBytes: 16 * 2 ** 20,
  /** Instructions of a pickle program. */
  pickleInstructions: 2_000_000,
  /** Objects on the pickle machine's stack and in its memo, each. */
  pickleObjects: 1_000_000,
  /** Containers inside containers. */
  depth: 64,
  /** Entries of an archive. */
  archiveEntries: 20_000,
  /** Bytes of a JSON document (safetensors header, TF.js model). */
  jsonBytes: 16 * 2 ** 20,
  /** Files that a TF.js model may consist of. */
  shards: 2_000,
} as const;

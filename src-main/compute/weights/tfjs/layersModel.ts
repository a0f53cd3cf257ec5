import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { InputNormalisation } from '../../../../models/vgg.ts';
import type { RawTensors } from '../keras/rawTensors.ts';
import { limits } from '../limits.ts';
import { damaged, tooLarge, unsafe, unsupported, WeightsRefusal } from '../refusal.ts';
import { bytesOf, countElements, decodeFloats, readExactly, type Dtype } from '../tensorTable.ts';

const weightSchema = z.object({
  name: z.string().max(500),
  shape: z.array(z.int().nonnegative()).max(8),
  dtype: z.string(),
  quantization: z
    .object({ dtype: z.enum(['uint8', 'uint16', 'float16']), scale: z.number().optional(), min: z.number().optional() })
    .optional(),
});
const triple = z.tuple([z.number(), z.number(), z.number()]);
const modelSchema = z.object({
  format: z.string().optional(),
  modelTopology: z.unknown().optional(),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()).max(limits.shards), weights: z.array(weightSchema) })),
  userDefinedMetadata: z.object({ normalisation: z.object({ mean: triple, deviation: triple }).optional() }).optional(),
});
type Weight = z.infer<typeof weightSchema>;

interface Place {
  weight: Weight;
  /** Shards of its group, and where the group's bytes have its own. */
  shards: Shard[];
  start: number;
}
interface Shard {
  path: string;
  start: number;
  bytes: number;
}

const dtypes: Readonly<Record<string, Dtype>> = {
  float32: 'F32',
  int32: 'I32',
  uint8: 'U8',
  bool: 'BOOL',
  float16: 'F16',
};
const quantised = { uint8: 1, uint16: 2, float16: 2 } as const;

/** A TF.js layers model: `model.json` and its shards, which must lie beside it under plain names. */
export async function openLayersModel(
  path: string,
  size: number,
): Promise<RawTensors & { normalisation: InputNormalisation | null; sha256(): Promise<string> }> {
  if (size > limits.jsonBytes) throw tooLarge(`Its JSON has ${size} bytes.`);
  const text = await readFile(path, 'utf8');
  const model = parseModel(text);
  const places = new Map<string, Place>();
  const files: string[] = [];
  for (const group of model.weightsManifest) {
    const shards = locateShards(dirname(path), group.paths);
    files.push(...shards.map((shard) => shard.path));
    let start = 0;
    for (const weight of group.weights) {
      if (places.has(weight.name)) throw damaged(`It names "${weight.name}" twice.`);
      places.set(weight.name, { weight, shards, start });
      start += bytesOfWeight(weight);
    }
    const last = shards.at(-1);
    if (start > (last ? last.start + last.bytes : 0)) throw damaged('Its shards are shorter than its weights.');
  }
  if (places.size > limits.tensors) throw tooLarge(`It names more than ${limits.tensors} tensors.`);
  return {
    tensors: new Map(
      [...places].map(([name, { weight }]) => [name, { dtype: dtypes[weight.dtype]!, shape: weight.shape }]),
    ),
    normalisation: model.userDefinedMetadata?.normalisation ?? null,
    read: (name) => readWeight(places.get(name)!),
    async sha256() {
      const hash = createHash('sha256').update(text);
      for (const file of files) hash.update(await readFile(file));
      return hash.digest('hex');
    },
  };
}

function parseModel(text: string): z.infer<typeof modelSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw damaged('It is not JSON.');
  }
  const parsed = modelSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const named = typeof json === 'object' && json !== null && 'weightsManifest' in json;
    if (named) throw damaged(`What it says at ${issue.path.join('.')} is not usable: ${issue.message}.`);
    throw new WeightsRefusal('UNKNOWN_FORMAT', 'It is JSON, but not the model.json of a TensorFlow.js model.');
  }
  if (parsed.data.format === 'graph-model') {
    throw unsupported(
      'It is a TensorFlow.js graph model: made for running only, its layers are folded together and its weights have lost their names, so that it cannot be trained on. Convert the original once more as a layers model (tensorflowjs_converter --output_format=tfjs_layers_model).',
    );
  }
  return parsed.data;
}

function locateShards(folder: string, names: readonly string[]): Shard[] {
  let start = 0;
  return names.map((name) => {
    if (!/^[\w.-]+$/.test(name) || name.startsWith('.')) {
      throw unsafe(`It refers to the file ${JSON.stringify(name.slice(0, 80))}, which is no plain name beside it.`);
    }
    const path = join(folder, name);
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (!facts) throw damaged(`The file ${name} that belongs to it is missing.`);
    if (!facts.isFile()) throw unsafe(`${name} is no ordinary file.`);
    const shard = { path, start, bytes: facts.size };
    start += facts.size;
    return shard;
  });
}

function bytesOfWeight({ name, shape, dtype, quantization }: Weight): number {
  const plain = dtypes[dtype];
  if (plain === undefined) throw unsupported(`Tensor "${name}" holds ${dtype.slice(0, 20)}, which is not read.`);
  return countElements(shape, name) * (quantization ? quantised[quantization.dtype] : bytesOf[plain]);
}

async function readWeight({ weight, shards, start }: Place): Promise<Float32Array<ArrayBuffer>> {
  const bytes = new Uint8Array(bytesOfWeight(weight));
  for (const shard of shards) {
    const from = Math.max(start, shard.start);
    const to = Math.min(start + bytes.length, shard.start + shard.bytes);
    if (from >= to) continue;
    const file = await open(shard.path, 'r');
    try {
      bytes.set(await readExactly(file, from - shard.start, to - from), from - start);
    } finally {
      await file.close();
    }
  }
  const { quantization } = weight;
  if (!quantization) return decodeFloats(bytes, dtypes[weight.dtype]!, weight.name);
  if (quantization.dtype === 'float16') return decodeFloats(bytes, 'F16', weight.name);
  const { scale = 1, min = 0 } = quantization;
  const whole = quantization.dtype === 'uint8' ? bytes : new Uint16Array(bytes.buffer);
  return Float32Array.from(whole, (value) => value * scale + min);
}

/**
 * Grad-CAM and occlusion against PyTorch's autograd (scripts/oracles/grad_cam.py, float64), for both networks and heads, on both
 * engines, on WebAssembly and on WebGPU.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { architectures } from '../../models/index.ts';
import { startWasm } from '../../src-main/compute/backends/wasm.ts';
import { startWebGpu, type WebGpuBackend } from '../../src-main/compute/backends/webgpu/start.ts';
import { normalisedBatch } from '../../src-main/compute/data/batch.ts';
import { gradCam } from '../../src-main/compute/explain/gradCam.ts';
import { differentiableHead } from '../../src-main/compute/explain/head.ts';
import { occlusionMap } from '../../src-main/compute/explain/occlusion.ts';
import { Network } from '../../src-main/compute/network/network.ts';
import type { Operations } from '../../src-main/compute/network/operations.ts';
import { architectureSchema, headSchema } from '../../src-shared/contract/vocabulary.ts';
import { nativeBackend } from '../helpers/compute.ts';
import { vulkanEnvironment } from '../helpers/webgpu.ts';
import { formulaImages, formulaWeights } from '../parity/formula.ts';

const mapSchema = z.object({ score: z.number(), values: z.array(z.number()) });
const fixtureSchema = z.object({
  cases: z.array(
    z.object({
      architecture: architectureSchema,
      head: headSchema,
      gradCam: z.array(z.object({ size: z.int(), image: z.int(), maps: z.array(mapSchema) })),
      occlusion: z.object({ size: z.int(), maps: z.array(mapSchema) }),
    }),
  ),
});
const path = join(import.meta.dirname, '../fixtures/compute/heat-maps.json');
const { cases } = fixtureSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
type Case = (typeof cases)[number];

/** How far values are off, in proportion to the largest that the other class's map has as well: a map may be 0 everywhere. */
function relativeError(actual: Float32Array, expected: number[], scale: number): number {
  expect(actual).toHaveLength(expected.length);
  return Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!))) / scale;
}

function open(ops: Operations<unknown>, { architecture, head }: Case, size: number) {
  const network = new Network(
    ops,
    { architecture, head, classes: 2 },
    { imageSize: size, freeze: 'none' },
    formulaWeights,
  );
  const { features, head: stages } = network.aroundLastConvolution();
  const differentiable = differentiableHead(ops, stages);
  return {
    parts: { features, head: differentiable, classes: 2 },
    dispose() {
      differentiable.dispose();
      features.dispose();
      network.dispose();
    },
  };
}

function images({ architecture }: Case, count: number, size: number): Float32Array {
  return normalisedBatch(formulaImages(count, size), size, architectures[architecture].normalisation);
}

function gradCamErrors(ops: Operations<unknown>, one: Case, size: number): number[] {
  const expected = one.gradCam.filter((record) => record.size === size);
  const { parts, dispose } = open(ops, one, size);
  const pixels = ops.upload(images(one, expected.length, size), [expected.length, size, size, 3]);
  const maps = gradCam(
    ops,
    parts,
    pixels,
    expected.map(() => [1, 0]),
  );
  ops.dispose(pixels);
  dispose();
  return expected.flatMap((record, image) => {
    const scale = Math.max(...record.maps.flatMap((map) => map.values));
    const scores = Math.max(...record.maps.map((map) => Math.abs(map.score)));
    return record.maps.flatMap((map, index) => {
      const made = maps[image]![1 - index]!;
      return [relativeError(made.values, map.values, scale), Math.abs(made.score - map.score) / scores];
    });
  });
}

function occlusionErrors(ops: Operations<unknown>, one: Case): number[] {
  const { size, maps } = one.occlusion;
  const { parts, dispose } = open(ops, one, size);
  const made = [...occlusionMap(ops, parts, images(one, 1, size), { size, classes: [0, 1], batchSize: 5 })].at(-1)!;
  dispose();
  return maps.map((map, index) => {
    // A fall is the difference of two logits, so their size is what float32 is relative to.
    const scale = Math.max(Math.abs(map.score), ...map.values.map(Math.abs));
    return relativeError(made.maps[index]!.values, map.values, scale);
  });
}

const tolerance = 1e-4;
const vulkan = vulkanEnvironment();
// In this order: TF.js has one backend at a time; WebGPU runs in a thread of its own.
const runs = (['fused', 'composed', 'wasm', 'webgpu'] as const).flatMap((engine) =>
  cases.map((one) => ({ engine, one })),
);

// The full head on every engine would only read the same half a gigabyte again: it goes once through the default one. A WebGPU device that
// computes on the processor takes minutes: only in full, with PARENCHYMA_THOROUGH=1.
const whyNoWebGpu =
  vulkan === null
    ? 'no Vulkan driver, and no Chromium that brings one along'
    : process.env.PARENCHYMA_THOROUGH === '1'
      ? null
      : 'minutes on a software device; run with PARENCHYMA_THOROUGH=1';
if (whyNoWebGpu !== null) process.stdout.write(`Heat maps on WebGPU are skipped: ${whyNoWebGpu}.\n`);
const chosen = runs.filter(
  ({ engine, one }) =>
    (one.head === 'full' ? engine === 'fused' : true) && (engine !== 'webgpu' || whyNoWebGpu === null),
);
describe.each(chosen)(
  '$engine engine, $one.architecture with the $one.head head, against PyTorch',
  ({ engine, one }) => {
    let ops: Operations<unknown>;
    let webGpu: WebGpuBackend | null = null;
    afterAll(() => webGpu?.close());

    beforeAll(async () => {
      if (engine === 'wasm') ops = (await startWasm()).composed();
      else if (engine === 'webgpu') {
        Object.assign(process.env, vulkan);
        const started = await startWebGpu(true);
        if ('code' in started) throw new Error(started.reason);
        webGpu = started;
        ops = started.composed();
      } else {
        const native = await nativeBackend();
        ops = (engine === 'fused' ? native.fused() : native.composed())!;
      }
    });

    const sizes = engine === 'wasm' || engine === 'webgpu' ? [96] : one.head === 'full' ? [224] : [96, 224];

    it.each(sizes)('gives the same Grad-CAM maps and scores at %i pixels, and leaves no tensor behind', (size) => {
      const before = ops.liveTensors();
      expect(Math.max(...gradCamErrors(ops, one, size))).toBeLessThan(tolerance);
      expect(ops.liveTensors()).toBe(before);
    });

    if (one.head === 'compact') {
      it('gives the same occlusion maps', () => {
        expect(Math.max(...occlusionErrors(ops, one))).toBeLessThan(tolerance);
      });
    }
  },
);

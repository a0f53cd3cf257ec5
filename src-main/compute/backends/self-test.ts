import { z } from 'zod';
import type { Operations } from '../network/operations.ts';
import stored from './stored-case.json' with { type: 'json' };
import { runStoredCase } from './stored-case.ts';

const expectations = z
  .record(z.string(), z.object({ norm: z.number(), places: z.array(z.int()), values: z.array(z.number()) }))
  .parse(stored);

/**
 * How far float32 results may be from the stored float64 ones: outputs, gradients and weights after three steps, each in
 * proportion to the largest value of its tensor. Backends differ in the order of their sums, which costs about 1e-6 here.
 */
export const tolerance = 1e-4;

/** Largest error of all recorded results, and where it is. NaN and missing results count as infinitely wrong. */
export function storedCaseError(ops: Operations<unknown>): { error: number; where: string } {
  const results = runStoredCase(ops);
  let worst = { error: 0, where: '' };
  for (const [where, { norm, places, values }] of Object.entries(expectations)) {
    const actual = results.get(where);
    const error = actual === undefined ? Infinity : tensorError(actual, { norm, places, values });
    if (!(error <= worst.error)) worst = { error: Number.isNaN(error) ? Infinity : error, where };
  }
  return worst;
}

function tensorError(
  actual: Float32Array,
  { norm, places, values }: { norm: number; places: number[]; values: number[] },
): number {
  const largest = Math.max(...values.map(Math.abs));
  const atPlaces = values.map((value, index) => Math.abs(value - actual[places[index]!]!) / largest);
  const norms = Math.abs(Math.hypot(...actual) - norm) / norm;
  return Math.max(norms, ...atPlaces);
}

/** Says what is wrong with an engine, or null: wrong numbers, or tensors that it did not free. */
export function selfTest(ops: Operations<unknown>): string | null {
  const before = ops.liveTensors();
  const { error, where } = storedCaseError(ops);
  if (error > tolerance) {
    const size = Number.isFinite(error) ? `by ${error.toExponential(1)} of the largest value` : 'and are no numbers';
    return `its results differ from the stored ones in "${where}" ${size} (allowed: ${tolerance})`;
  }
  const left = ops.liveTensors() - before;
  return left === 0 ? null : `${left} tensors were not freed`;
}

/** The tables that scripts/oracles/metrics.py stored, or the formula by which it made the long ones. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const tableSchema = z.object({
  name: z.string(),
  threshold: z.number(),
  labels: z.array(z.number()).optional(),
  probabilities: z.array(z.number()).optional(),
  formula: z.object({ n: z.number(), seed: z.number(), prevalence: z.number(), steps: z.number() }).optional(),
});
export type OracleTable = z.infer<typeof tableSchema>;

const file = new URL('../fixtures/evaluation/metrics.json', import.meta.url);
export const storedTables = z
  .object({ tables: z.array(tableSchema) })
  .parse(JSON.parse(readFileSync(file, 'utf8'))).tables;

/** Stored columns, or those that the oracle's generator makes. */
export function generatedTable({ formula, labels = [], probabilities = [] }: OracleTable) {
  if (formula === undefined) {
    return { labels: Uint8Array.from(labels), probabilities: Float64Array.from(probabilities), patients: null };
  }
  let state = formula.seed;
  const draw = (): number => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const made = { labels: new Uint8Array(formula.n), probabilities: new Float64Array(formula.n), patients: null };
  for (let image = 0; image < formula.n; image += 1) {
    const label = draw() < formula.prevalence ? 1 : 0;
    const first = draw();
    const second = draw();
    made.labels[image] = label;
    made.probabilities[image] = Math.floor(((first + label * second) / 2) * formula.steps) / formula.steps;
  }
  return made;
}

/**
 * How often intervals with patients as the unit hold a known truth in repeated studies. Run:
 * node scripts/oracles/clustered_coverage.ts > test/fixtures/evaluation/clusteredCoverage.json   (about ten minutes)
 */
import { clusteredCoverage, type ClusteredDesign } from '../../test/helpers/clusteredStudies.ts';

const studies = 4000;
const replicates = 2000;
const seed = 1;

const designs: ClusteredDesign[] = [30, 50, 100, 300].flatMap((patients) =>
  (
    [
      [[2], 'moderate'],
      [[1, 2, 3, 4, 8], 'moderate'],
      [[2], 'high'],
    ] as const
  ).map(([images, truth]) => ({ patients, images, resemblance: 0.7, truth })),
);

const results = designs.map((design) => {
  const found = clusteredCoverage(design, studies, replicates, seed);
  process.stderr.write(`${JSON.stringify(design)} ${JSON.stringify(found)}\n`);
  return { design, ...found };
});
process.stdout.write(`${JSON.stringify({ seed, replicates, results }, null, 1)}\n`);

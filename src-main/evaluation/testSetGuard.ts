/** What stands in the way of opening the test set: what the run has seen of it, and findings that nobody has looked at. */
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { describeOverlap, findOverlap } from './overlap.ts';
import type { EvaluatedRun, EvaluationImage, TestSetFacts } from './runPorts.ts';

/** Throws LEAKAGE, with the list, unless the run has seen nothing of the test set and every finding is resolved or accepted with a reason. */
export function refuseUnsound(run: EvaluatedRun, test: readonly EvaluationImage[], facts: TestSetFacts): void {
  const overlap = findOverlap(run.seen, test, facts);
  if (overlap.images.length > 0) {
    throw new ExpectedError({
      code: 'LEAKAGE',
      message: `The test set is refused: ${describeOverlap(overlap)}`,
      kept: 'The test set was not opened.',
      remedy:
        'Exclude the duplicates or put them into one set under Labels, and train anew; or accept the finding there with a reason, which the report prints.',
    });
  }
  if (facts.openFindings.length === 0) return;
  throw new ExpectedError({
    code: 'LEAKAGE',
    message: `The test set is refused while findings are open: ${facts.openFindings.map((one) => `${one.id}: ${one.message}`).join(' ')}`,
    kept: 'The test set was not opened.',
    remedy:
      'Resolve each finding under Labels, or accept it with a reason (`findings PROJECT --accept ID --reason TEXT`), which the report prints.',
  });
}

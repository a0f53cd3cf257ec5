import { architectures } from '../../../models/index.ts';
import type { TrainJob } from '../../../src-shared/contract/compute.ts';
import { collectGarbage } from '../memory.ts';
import { initialValues } from '../network/initialise.ts';
import { Network } from '../network/network.ts';
import type { Operations } from '../network/operations.ts';
import { take } from '../network/parameters.ts';
import { loadInitialWeights } from '../weights/load.ts';

/** The network with its initial weights, from the file or drawn by the seed. */
export async function buildNetwork<Tensor>(
  ops: Operations<Tensor>,
  job: Pick<TrainJob, 'configuration' | 'classes' | 'inputs'>,
) {
  const { architecture, head, freeze, precision, seed, weights } = job.configuration;
  const description = { architecture, head, classes: job.classes.length };
  const given = weights === null ? null : await loadInitialWeights(weights, description);
  const network = new Network(
    ops,
    description,
    { imageSize: job.inputs.size, freeze, precision },
    (specification) =>
      (given === null ? undefined : take(given.values, specification.name)) ?? initialValues(specification, seed),
  );
  given?.values.clear();
  collectGarbage();
  const normalisation = given?.normalisation ?? architectures[architecture].normalisation;
  return { network, weightsSha256: given?.sha256 ?? null, normalisation };
}

import { mkdir } from 'node:fs/promises';
import type { InputNormalisation } from '../../../models/vgg.ts';
import type { TrainJob } from '../../../src-shared/contract/compute.ts';
import type { Augmentation } from '../../../src-shared/contract/training.ts';
import { startAssembler } from '../data/assembler.ts';
import { hashInputs, openInputs } from '../data/inputs.ts';
import type { Network } from '../network/network.ts';
import type { Operations } from '../network/operations.ts';
import { hasRoom } from './featureFiles.ts';
import { featureBytes, featureSamples } from './features.ts';
import { quiet, type Report } from './progress.ts';
import { pixelSamples, type Samples } from './samples.ts';

/**
 * Where training starts from: the frozen part's features, kept on the disk, or pixels. A frozen backbone always takes features
 * (its crops and changes of brightness do not apply); a part of it does where images are mirrored at most, so that what was
 * asked for is what happens. Without room on the disk the frozen part is computed each time.
 */
export async function prepareSamples<Tensor>(
  ops: Operations<Tensor>,
  network: Network<Tensor>,
  job: Pick<TrainJob, 'configuration' | 'items' | 'inputs' | 'cacheDirectory'>,
  { weightsSha256, normalisation }: { weightsSha256: string | null; normalisation: InputNormalisation },
  report: Report,
): Promise<Samples<Tensor>> {
  const { configuration, items, inputs } = job;
  const { freeze, seed, augmentation, batchSize, epochs } = configuration;
  // Opened here once, so that what is wrong with the file is said before a thread runs into it.
  openInputs(inputs).close();
  const assembler = startAssembler({ file: inputs, normalisation });
  try {
    const request = { items, mirrored: augmentation.flip, shape: network.frozenShape(inputs.size) };
    const wanted = network.cut > 0 && (freeze === 'backbone' || mirrorsAtMost(augmentation));
    if (wanted) await mkdir(job.cacheDirectory, { recursive: true });
    const cached = wanted && (await hasRoom(job.cacheDirectory, featureBytes(request)));
    if (!cached) return pixelSamples(ops, assembler, inputs.size, { changes: changesOf(configuration), seed });
    const key = {
      version: 2,
      architecture: configuration.architecture,
      head: configuration.head,
      freeze,
      weights: weightsSha256 ?? `random ${seed}`,
      inputs: await hashInputs(inputs.path),
      size: inputs.size,
    };
    const frozen = network.prepare('frozen');
    try {
      return await featureSamples(
        { ...request, directory: job.cacheDirectory, key, seed },
        {
          ops,
          assembler,
          size: inputs.size,
          frozen,
          batchSize,
          onProgress: (done, total) => report({ ...quiet, phase: 'features', epoch: 0, epochs, done, total }),
        },
      );
    } finally {
      frozen.dispose();
    }
  } catch (error) {
    await assembler.close();
    throw error;
  }
}

function mirrorsAtMost({ cropScale, brightness, contrast }: Augmentation): boolean {
  return cropScale === 1 && brightness === 0 && contrast === 0;
}

/** With a frozen backbone only mirroring applies, whether its features are kept or not. */
function changesOf({ freeze, augmentation }: TrainJob['configuration']): Augmentation {
  return freeze === 'backbone' ? { flip: augmentation.flip, cropScale: 1, brightness: 0, contrast: 0 } : augmentation;
}

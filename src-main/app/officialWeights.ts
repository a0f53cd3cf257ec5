import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { architectures } from '../../models/index.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { FoundWeights, OfficialWeights } from '../../src-shared/contract/modelFiles.ts';
import type { RunRow } from '../../src-shared/contract/runRecords.ts';
import { architectureSchema, type Architecture } from '../../src-shared/contract/vocabulary.ts';
import { configurationDirectory } from '../platform/paths.ts';
import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import { workloadOf } from '../training/index.ts';
import { downloadWeights, type DownloadedWeights } from '../weightsDownload/index.ts';

/** Weights of the whole published network with its thousand classes, 4 bytes each. */
function publishedBytes(architecture: Architecture): number {
  return 4 * workloadOf({ ...defaultRunConfiguration, architecture }, 1000).weights;
}

const weightsExtensions = new Set(['.safetensors', '.pth', '.pt', '.h5', '.bin']);

/** Official weights of the architectures, kept for all projects of the user. The network is used by `download` only. */
export function createOfficialWeights(directory = join(configurationDirectory(), 'weights')) {
  const sourceOf = (architecture: Architecture) => architectures[architecture].weights[0]!;

  const keptFiles = async (): Promise<Omit<FoundWeights, 'bytes'>[]> => {
    const names = await readdir(directory).catch(() => []);
    return names
      .filter((name) => weightsExtensions.has(extname(name)))
      .sort()
      .map((fileName) => {
        const architecture = architectureSchema.options.find((one) => sourceOf(one).fileName === fileName) ?? null;
        const description = architecture === null ? 'kept on this computer' : sourceOf(architecture).description;
        return { path: join(directory, fileName), fileName, from: 'kept' as const, architecture, description };
      });
  };

  return {
    /** Files from which a training could start, those known to fit an architecture first; what is not there any more is left out. */
    async found(runs: readonly Pick<RunRow, 'number' | 'configuration'>[]): Promise<FoundWeights[]> {
      const kept = await keptFiles();
      const used = runs.toReversed().flatMap(({ number, configuration: { weights, architecture } }) =>
        weights === null
          ? []
          : [
              {
                path: weights,
                fileName: basename(weights),
                from: 'used' as const,
                architecture,
                description: `run ${number} started from it`,
              },
            ],
      );
      const paths = new Set<string>();
      const found: FoundWeights[] = [];
      for (const one of [...kept, ...used]) {
        if (paths.has(one.path)) continue;
        paths.add(one.path);
        const file = await stat(one.path).catch(() => null);
        if (!file?.isFile()) continue;
        // A name says nothing: what is too small for the published weights is not them.
        const isTooSmall =
          one.from === 'kept' && one.architecture !== null && file.size < publishedBytes(one.architecture);
        found.push({
          ...one,
          bytes: file.size,
          ...(isTooSmall ? { architecture: null, description: 'not whole: too small for these weights' } : {}),
        });
      }
      return found;
    },

    official(architecture: Architecture): OfficialWeights {
      const { description, address, fileName } = sourceOf(architecture);
      const path = join(directory, fileName);
      return { architecture, description, address, fileName, path: existsSync(path) ? path : null };
    },
    download: (architecture: Architecture, context: JobContext): Promise<DownloadedWeights> =>
      downloadWeights(sourceOf(architecture), directory, context),
  };
}

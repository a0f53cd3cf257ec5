import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { architectures } from '../../models/index.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { OfficialWeights } from '../../src-shared/contract/modelFiles.ts';
import type { Architecture } from '../../src-shared/contract/vocabulary.ts';
import { configurationDirectory } from '../platform/paths.ts';
import { downloadWeights, type DownloadedWeights } from '../weightsDownload/index.ts';

/** Official weights of the architectures, kept for all projects of the user. The network is used by `download` only. */
export function createOfficialWeights(directory = join(configurationDirectory(), 'weights')) {
  const sourceOf = (architecture: Architecture) => architectures[architecture].weights[0]!;
  return {
    official(architecture: Architecture): OfficialWeights {
      const { description, address, fileName } = sourceOf(architecture);
      const path = join(directory, fileName);
      return { architecture, description, address, fileName, path: existsSync(path) ? path : null };
    },
    download: (architecture: Architecture, context: JobContext): Promise<DownloadedWeights> =>
      downloadWeights(sourceOf(architecture), directory, context),
  };
}

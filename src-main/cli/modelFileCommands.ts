import { Option } from 'commander';
import { resolve } from 'node:path';
import { modelFormatSchema, type ModelFormat } from '../../src-shared/contract/modelFiles.ts';
import { architectureSchema, type Architecture } from '../../src-shared/contract/vocabulary.ts';
import { createOfficialWeights } from '../app/officialWeights.ts';
import type { CommandAdder } from './command.ts';
import { runOption, withProject } from './options.ts';

/** export, import-model, download-weights. */
export function addModelFileCommands(commands: CommandAdder): void {
  commands.add<[string], { run: string; format: ModelFormat; out: string }>(
    'export <PROJECT>',
    "write a run's model for other programs, or to be opened in another project",
    [
      runOption(),
      new Option(
        '--format <FORMAT>',
        'safetensors (with a card, to be opened here again), onnx, or tfjs (layers model)',
      )
        .choices(modelFormatSchema.options)
        .makeOptionMandatory(),
      new Option('--out <DIR>', 'folder to write into').makeOptionMandatory(),
    ],
    async ({ output, signal }, { run, format, out }, project) => {
      const files = await withProject(project, (session) =>
        session.exportModel({ run, format, folder: resolve(out) }, output.context(signal)),
      );
      output.result({ run, format, files }, files.map((file) => `${file.sha256}  ${file.path}`).join('\n'));
    },
  );

  commands.add<[string, string], object>(
    'import-model <PROJECT> <PATH>',
    'take over a model saved by export --format safetensors; it becomes a run of the project',
    [],
    async ({ output, signal }, _options, project, path) => {
      const imported = await withProject(project, async (session) => {
        const run = await session.importModel(resolve(path), output.context(signal));
        return session.run(run);
      });
      output.result(
        { run: imported.id, best: imported.best, configuration: imported.configuration },
        `${imported.id}: ${imported.configuration.architecture}, trained elsewhere, epoch ${imported.best?.epoch}`,
      );
    },
  );

  commands.add<[], { arch: Architecture }>(
    'download-weights',
    "torchvision's ImageNet weights from their official address; a broken download is resumed, the hash is checked",
    [new Option('--arch <NAME>', 'network').choices(architectureSchema.options).makeOptionMandatory()],
    async ({ output, signal }, { arch }) => {
      const loaded = await createOfficialWeights().download(arch, output.context(signal));
      output.result({ architecture: arch, ...loaded }, `${loaded.sha256}  ${loaded.path}`);
    },
  );
}

import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ExportedFile, ModelFormat } from '../../src-shared/contract/modelFiles.ts';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { makeChosenFolder } from '../platform/files.ts';
import { cardName, cardToShare, openModel, readTensor, sha256Of, weightsName, type KeptModel } from './kept.ts';
import { writeOnnx } from './onnx.ts';
import { writeTfjs } from './tfjs.ts';

/**
 * Writes a kept model into a folder, which is made where it is missing. Files of the same names are replaced only when `folder`
 * holds nothing else than an earlier export would; what was begun is taken away again when it fails or is cancelled.
 *
 * @param directory folder of the run
 */
export async function exportModel(
  directory: string,
  request: { folder: string; format: ModelFormat },
  context: JobContext,
): Promise<ExportedFile[]> {
  const { folder, format } = request;
  makeChosenFolder(folder, 'Nothing was written.');
  await refuseForeign(folder);
  const model = await openModel(directory);
  const report = progressOf(context, format);
  const written: string[] = [];
  try {
    written.push(...(await write(format, folder, directory, model, report)));
    context.signal.throwIfAborted();
    const files: ExportedFile[] = [];
    for (const name of written) files.push({ path: join(folder, name), ...(await sha256Of(join(folder, name))) });
    return files;
  } catch (error) {
    for (const name of await readdir(folder)) if (isOwn(name)) await rm(join(folder, name), { force: true });
    throw error;
  } finally {
    await model.weights.close();
  }
}

async function write(
  format: ModelFormat,
  folder: string,
  directory: string,
  model: KeptModel,
  report: (share: number) => void,
): Promise<string[]> {
  if (format === 'onnx') {
    await writeOnnx(join(folder, 'model.onnx'), model, report);
    return ['model.onnx'];
  }
  if (format === 'tfjs') return writeTfjs(folder, model, report);
  await copyFile(join(directory, weightsName), join(folder, weightsName));
  report(0.9);
  await writeFile(join(folder, cardName), `${JSON.stringify(cardToShare(model.card), null, 2)}\n`);
  return [weightsName, cardName];
}

const isOwn = (name: string): boolean => /^(model\.(json|onnx|safetensors)|group1-shard\d+of\d+\.bin)$/.test(name);

async function refuseForeign(folder: string): Promise<void> {
  const taken = (await readdir(folder)).filter(isOwn);
  if (taken.length === 0) return;
  throw new ExpectedError({
    code: 'PATH_NOT_WRITABLE',
    message: `There is a model in ${folder} already (${taken[0]}).`,
    kept: 'Nothing was written.',
    remedy: 'Choose another folder, or an empty one.',
  });
}

function progressOf(context: JobContext, format: ModelFormat): (share: number) => void {
  const started = performance.now();
  return (share) => {
    context.signal.throwIfAborted();
    const seconds = (performance.now() - started) / 1000;
    context.report({
      phase: 'export',
      done: Math.round(100 * share),
      total: 100,
      rate: null,
      etaSeconds: share > 0 ? (seconds / share) * (1 - share) : null,
      message: `Writing the model as ${format}`,
    });
  };
}

/** Checks a model folder, or one of its two files, completely, and copies it to `target`; nothing is left there when it fails. */
export async function importModel(given: string, target: string, context: JobContext): Promise<KeptModel['card']> {
  const directory = [cardName, weightsName].includes(basename(given)) ? join(given, '..') : given;
  const model = await openModel(directory);
  try {
    const names = [...model.weights.tensors.keys()];
    for (const [index, name] of names.entries()) {
      context.signal.throwIfAborted();
      await readTensor(model.weights, name);
      context.report({
        phase: 'import',
        done: index + 1,
        total: names.length,
        rate: null,
        etaSeconds: null,
        message: 'Checking the model',
      });
    }
    await mkdir(target, { recursive: true });
    try {
      await copyFile(join(directory, weightsName), join(target, weightsName));
      if ((await sha256Of(join(target, weightsName))).sha256 !== model.card.weightsSha256) {
        throw new Error('The weights changed while they were copied.');
      }
      await writeFile(join(target, cardName), `${JSON.stringify(model.card, null, 2)}\n`);
    } catch (error) {
      await rm(target, { recursive: true, force: true });
      throw error;
    }
    return model.card;
  } finally {
    await model.weights.close();
  }
}

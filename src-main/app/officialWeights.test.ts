import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/helpers/commandLine.ts';
import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import { createOfficialWeights } from './officialWeights.ts';

it('finds weights that are kept and weights that runs started from, each once, and only those that are there', async () => {
  const folder = temporaryFolder('found-weights');
  const kept = join(folder.path, 'weights');
  mkdirSync(kept);
  writeFileSync(join(kept, 'vgg16-397923af.pth'), 'xx');
  writeFileSync(join(kept, 'own.safetensors'), 'x');
  writeFileSync(join(kept, 'vgg16-397923af.pth.part'), 'x');
  const whole = join(kept, 'vgg19_bn-c79401a0.pth');
  writeFileSync(whole, '');
  truncateSync(whole, 600_000_000);
  const elsewhere = join(folder.path, 'elsewhere.h5');
  writeFileSync(elsewhere, 'xxx');
  const run = (number: number, weights: string | null) => ({
    number,
    configuration: { ...defaultRunConfiguration, weights },
  });
  const runs = [run(1, elsewhere), run(2, elsewhere), run(3, join(folder.path, 'gone.pth')), run(4, null)];
  const found = await createOfficialWeights(kept).found([...runs, run(5, join(kept, 'own.safetensors'))]);
  expect(found).toMatchObject([
    { fileName: 'own.safetensors', from: 'kept', architecture: null, bytes: 1 },
    // Not the published weights, whatever its name.
    {
      fileName: 'vgg16-397923af.pth',
      from: 'kept',
      architecture: null,
      description: expect.stringContaining('not whole'),
    },
    { fileName: 'vgg19_bn-c79401a0.pth', from: 'kept', architecture: 'vgg19_bn', bytes: 600_000_000 },
    { fileName: 'elsewhere.h5', from: 'used', architecture: 'vgg19_bn', description: 'run 2 started from it' },
  ]);
  folder.remove();
  expect(await createOfficialWeights(kept).found(runs)).toEqual([]);
});

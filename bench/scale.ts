/** `npm run bench -- scale [--json] [--images N]`: a project with 100,000 images opened, filtered and sorted through the host. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeLargeProject } from '../test/helpers/largeProject.ts';

export default async function scale(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--images');
  const images = at >= 0 ? Number(args[at + 1]) : 100_000;
  const folder = mkdtempSync(join(tmpdir(), 'parenchyma-scale-'));
  try {
    const project = await makeLargeProject(folder, images);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, 'scale', 'measure.ts'), project.path],
      { env: { ...process.env, PARENCHYMA_CONFIG: join(folder, 'config') }, maxBuffer: 16 * 1024 * 1024 },
    );
    if (args.includes('--json')) process.stdout.write(stdout);
    else console.log(JSON.stringify(JSON.parse(stdout), null, 2));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

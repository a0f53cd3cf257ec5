/** Network inputs of some sample slices, as JSON on stdout, for scripts/oracles/audit.py. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSampleStudy } from '../../assets/sample/index.ts';
import { createDecoder } from '../../src-main/library/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'parenchyma-audit-'));
const context = { signal: new AbortController().signal, report: () => undefined };
const study = await writeSampleStudy(join(folder, 'study'), { patients: 4, slices: 3, context });
const decoder = createDecoder();
const imageSize = 96;
const pictures: { name: string; size: number; gray: string }[] = [];
for (const [kind, directory] of Object.entries(study.folders)) {
  for (const patient of readdirSync(directory).sort()) {
    const [first] = readdirSync(join(directory, patient)).sort();
    const path = join(directory, patient, first!);
    const gray = await decoder.networkInput(path, 0, { imageSize, window: { level: -600, width: 1500 } });
    pictures.push({
      name: `sample ${kind} ${pictures.length + 1}`,
      size: imageSize,
      gray: Buffer.from(gray).toString('base64'),
    });
  }
}
await decoder.close();
rmSync(folder, { recursive: true });
process.stdout.write(JSON.stringify(pictures));

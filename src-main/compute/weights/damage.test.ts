/**
 * Damaged weights files: every one is read or refused with a reason, none crashes or hangs the reader. The reduced count runs by
 * default; PARENCHYMA_THOROUGH=1 runs twenty times as many.
 */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../data/random.ts';
import { openWeightsFile } from './open.ts';
import { WeightsRefusal } from './refusal.ts';
import { isFloat } from './tensorTable.ts';

const fixtures = join(import.meta.dirname, '../../../test/fixtures/weights');
const folder = mkdtempSync(join(tmpdir(), 'parenchyma-damage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rounds = process.env.PARENCHYMA_THOROUGH === '1' ? 2000 : 100;
/** Far more than any of these small files takes, on a busy machine too. */
const slowest = 5000;

/** A few changed bytes, a part cut out, doubled or exchanged, an end cut off, or a number made huge. */
function damage(good: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(good);
  const place = random.below(bytes.length);
  const length = 1 + random.below(Math.max(1, Math.min(64, bytes.length - place)));
  switch (random.below(6)) {
    case 0:
      return bytes.subarray(0, place);
    case 1:
      return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + length)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, place + length), bytes.subarray(place)]);
    case 3:
      bytes.fill(0xff, place, place + Math.min(length, 8));
      return bytes;
    case 4:
      bytes.copy(bytes, place, random.below(bytes.length));
      return bytes;
    default:
      for (let change = 0; change <= random.below(8); change += 1) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      return bytes;
  }
}

async function readAll(path: string): Promise<void> {
  const file = await openWeightsFile(path);
  try {
    for (const [name, { dtype }] of file.tensors) if (isFloat(dtype)) await file.read(name);
  } finally {
    await file.close();
  }
}

describe('damaged weights files', () => {
  const names = readdirSync(fixtures).filter((name) => !name.endsWith('.json'));
  it.each(names)(`%s: ${rounds} damaged copies are read or refused`, { timeout: rounds * 100 }, async (name) => {
    const good = readFileSync(join(fixtures, name));
    const random = createRandom(1, `damage ${name}`);
    const path = join(folder, name);
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) {
      writeFileSync(path, damage(good, random));
      const started = performance.now();
      await readAll(path).catch((error: unknown) => {
        expect(error, `round ${round}`).toBeInstanceOf(WeightsRefusal);
        refused += 1;
      });
      expect(performance.now() - started).toBeLessThan(slowest);
    }
    expect(refused).toBeGreaterThan(rounds / 5);
  });

  it(`a TF.js model: ${rounds} damaged copies of its JSON are read or refused`, { timeout: rounds * 100 }, async () => {
    const source = join(fixtures, '../weights-tfjs');
    for (const name of readdirSync(source)) copyFileSync(join(source, name), join(folder, name));
    const good = readFileSync(join(source, 'model.json'));
    const random = createRandom(1, 'damage model.json');
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) {
      writeFileSync(join(folder, 'model.json'), damage(good, random));
      await readAll(join(folder, 'model.json')).catch((error: unknown) => {
        expect(error, `round ${round}`).toBeInstanceOf(WeightsRefusal);
        refused += 1;
      });
    }
    expect(refused).toBeGreaterThan(rounds / 5);
  });
});

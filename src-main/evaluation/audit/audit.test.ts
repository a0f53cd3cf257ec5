import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Subgroup } from '../../../src-shared/contract/metrics.ts';
import { createRandom } from '../../../src-shared/domain/random.ts';
import { massShare, summariseAttention } from './attention.ts';
import { auditFindings, type AuditFacts } from './findings.ts';
import { shareOutside } from './heatMass.ts';
import { fitLogistic, predictLogistic } from './logistic.ts';
import { findBodyAndLung } from './masks.ts';
import { auditMetadata, foldsByPatient, type ImageMetadata } from './metadataModel.ts';

const share = z.object({ mass: z.number(), area: z.number() }).nullable();
/** Made by scripts/oracles/audit.py with scipy.ndimage and scikit-learn. */
const fixture = z
  .object({
    masks: z.array(
      z.object({
        name: z.string(),
        size: z.number(),
        threshold: z.number().nullable(),
        gray: z.base64(),
        body: z.base64().nullable(),
        lung: z.base64().nullable(),
        heat: z.array(z.number()),
        outsideBody: share,
        outsideLung: share,
      }),
    ),
    logistic: z.array(
      z.object({
        rows: z.array(z.array(z.number())),
        labels: z.array(z.number()),
        intercept: z.number(),
        weights: z.array(z.number()),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../test/fixtures/evaluation/audit.json', import.meta.url), 'utf8')));

function unpacked(text: string | null, length: number): number[] | null {
  if (text === null) return null;
  const bytes = Buffer.from(text, 'base64');
  return Array.from({ length }, (_unused, place) => (bytes[place >> 3]! >> (7 - (place & 7))) & 1);
}

describe('body and lung are those of scipy.ndimage, pixel by pixel', () => {
  it.each(fixture.masks.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const gray = new Uint8Array(Buffer.from(one.gray, 'base64'));
    const found = findBodyAndLung(gray, one.size, one.threshold);
    expect(found === null ? null : [...found.body]).toEqual(unpacked(one.body, gray.length));
    expect(found?.lung ? [...found.lung] : null).toEqual(unpacked(one.lung, gray.length));
    const map = { values: Float32Array.from(one.heat), edge: Math.floor(one.size / 16), cell: 16 };
    for (const [mask, expected] of [
      [found?.body ?? null, one.outsideBody],
      [found?.lung ?? null, one.outsideLung],
    ] as const) {
      if (mask === null || expected === null) continue;
      const outside = shareOutside(map, mask, one.size)!;
      expect(Math.abs(outside.mass - expected.mass)).toBeLessThan(1e-9);
      expect(Math.abs(outside.area - expected.area)).toBeLessThan(1e-9);
    }
  });

  it('has body and lungs in every sample slice', () => {
    const samples = fixture.masks.filter((one) => one.name.startsWith('sample'));
    expect(samples.length).toBe(4);
    expect(samples.every((one) => one.body !== null && one.lung !== null)).toBe(true);
  });
});

describe('the share of a heat map outside', () => {
  const half = Uint8Array.from({ length: 32 * 32 }, (_unused, pixel) => (pixel % 32 < 16 ? 1 : 0));

  it('is the share of the area for a map that is the same everywhere, and none for an empty map', () => {
    const flat = { values: new Float32Array(4).fill(3), edge: 2, cell: 16 };
    expect(shareOutside(flat, half, 32)).toEqual({ mass: 0.5, area: 0.5 });
    expect(shareOutside({ ...flat, values: new Float32Array(4) }, half, 32)).toBeNull();
  });

  it('is 0 or 1 for a map on one side, whatever its scale; negative values count nothing', () => {
    const left = { values: Float32Array.from([5, -9, 2, 0]), edge: 2, cell: 16 };
    expect(shareOutside(left, half, 32)!.mass).toBe(0);
    expect(shareOutside({ ...left, values: left.values.map((value) => -value) }, half, 32)!.mass).toBe(1);
  });
});

describe('the logistic regression', () => {
  it('is scikit-learn’s with C = 1, also where a feature separates the classes', () => {
    for (const { rows, labels, intercept, weights } of fixture.logistic) {
      const found = fitLogistic(
        rows.map((row) => Float64Array.from(row)),
        labels,
      );
      expect(Math.abs(found.intercept - intercept)).toBeLessThan(1e-6);
      weights.forEach((weight, place) => expect(Math.abs(found.weights[place]! - weight)).toBeLessThan(1e-6));
      expect(predictLogistic(found, Float64Array.from(rows[0]!))).toBeGreaterThan(0);
    }
  });
});

/** Patients with three images each; the file type is the class in `betrayed` of ten of them. */
function madeImages(patients: number, betrayed: number): ImageMetadata[] {
  const random = createRandom(4);
  return Array.from({ length: patients * 3 }, (_unused, place) => {
    const patient = Math.floor(place / 3);
    const label = patient % 2 === 0 ? 1 : 0;
    const told = patient % 10 < betrayed ? label : random.below(2);
    return {
      imageId: place,
      label,
      probability: (label + random.below(100) / 50) / 3,
      patient: `P${patient}`,
      fileType: told === 1 ? 'PNG' : 'JPEG',
      rows: 64,
      columns: 64,
      scanner: null,
      borderText: null,
    };
  });
}

describe('a classifier on metadata', () => {
  it('tells the classes apart where the file type betrays them, and does not where it says nothing', () => {
    const betrayed = auditMetadata(madeImages(60, 10), 1)!;
    expect(betrayed.features).toEqual(['File type']);
    expect(betrayed.auc.value).toBe(1);
    const chance = auditMetadata(madeImages(120, 0), 1)!;
    expect(chance.auc.low).toBeLessThan(0.5);
    expect(chance.model.value).toBeGreaterThan(0.8);
  });

  it('never judges a patient by the patient’s own images', () => {
    const images = madeImages(30, 5);
    const folds = foldsByPatient(images, 3)!;
    const byPatient = Map.groupBy(images, (image) => image.patient);
    for (const own of byPatient.values()) {
      expect(new Set(own.map((image) => folds[image.imageId])).size).toBe(1);
    }
    expect(new Set(folds).size).toBe(5);
    // A patient’s number as the only feature is no use for other patients.
    const numbered = images.map((image) => ({ ...image, fileType: image.patient }));
    expect(auditMetadata(numbered, 3)!.auc.high).toBeLessThan(0.75);
  });

  it('draws whole patients for its interval where they have several images', () => {
    const several = auditMetadata(madeImages(60, 0), 2)!.model;
    expect(several.method).toBe('patient-bootstrap');
    // Three copies of one image say no more than one: the interval of all is about that of the firsts, not narrower by √3.
    const copies = madeImages(60, 0).map((image) => ({
      ...image,
      probability: (((image.imageId - (image.imageId % 3)) * 7919) % 97) / 97,
    }));
    const firsts = copies.filter((image) => image.imageId % 3 === 0);
    const width = (images: ImageMetadata[]) => {
      const { low, high } = auditMetadata(images, 2)!.model;
      return high! - low!;
    };
    expect(width(copies) / width(firsts)).toBeGreaterThan(0.85);
    expect(auditMetadata(firsts, 2)!.model.method).toBe('delong');
  });

  it('is the same for the same seed, and none where nothing differs or patients are few', () => {
    expect(auditMetadata(madeImages(40, 5), 7)).toEqual(auditMetadata(madeImages(40, 5), 7));
    expect(
      auditMetadata(
        madeImages(40, 5).map((image) => ({ ...image, fileType: 'PNG' })),
        1,
      ),
    ).toBeNull();
    expect(auditMetadata(madeImages(6, 10), 1)).toBeNull();
  });
});

describe('attention over images', () => {
  it('has its interval over patients, so that many images of one patient do not make it narrow', () => {
    const shares = Array.from({ length: 40 }, (_unused, place) => ({
      mass: place < 20 ? 0.1 : 0.9,
      area: 0.5,
      patient: place < 20 ? 'A' : 'B',
    }));
    const found = massShare(shares, 1);
    expect(found).toMatchObject({ images: 40, overHalf: 20 });
    expect([found.mean, found.low, found.high].map((value) => Math.round(value! * 1e9) / 1e9)).toEqual([0.5, 0.1, 0.9]);
    expect(massShare([], 1)).toMatchObject({ images: 0, mean: null, low: null });
  });

  it('lists the images with the most outside first', () => {
    const image = (imageId: number, mass: number | null) => ({
      imageId,
      patient: `P${imageId}`,
      outsideBody: mass === null ? null : { mass, area: 0.5 },
      outsideLung: null,
    });
    const { worst, outsideLung } = summariseAttention([image(1, 0.2), image(2, null), image(3, 0.7)], 3, 1);
    expect(worst.map((one) => one.imageId)).toEqual([3, 1, 2]);
    expect(outsideLung.images).toBe(0);
  });
});

describe('findings in words', () => {
  const facts = (change: Partial<AuditFacts>): AuditFacts => ({
    images: 200,
    attention: null,
    subgroups: [],
    metadata: null,
    borderMeasured: true,
    ...change,
  });
  const careful = (change: Partial<AuditFacts>) =>
    auditFindings(facts(change))
      .filter((finding) => finding.severity === 'careful')
      .map((finding) => finding.message);
  const interval = (value: number, low: number, high: number) => ({ value, low, high, method: 'delong' as const });
  const row = (level: string, positive: number, auc: ReturnType<typeof interval>): Subgroup => ({
    attribute: 'File type',
    level,
    images: 50,
    positive,
    auc,
    sensitivity: interval(0.8, 0.7, 0.9),
    specificity: interval(0.8, 0.7, 0.9),
  });

  it('say when metadata alone do as well as the model', () => {
    const metadata = {
      ...auditMetadata(madeImages(60, 10), 1)!,
      model: interval(0.9, 0.85, 0.95),
    };
    expect(careful({ metadata })[0]).toContain('about as well as the model');
  });

  it('say when a level holds one class only, and when the model does worse on one', () => {
    const subgroups = [row('PNG', 50, interval(0.9, 0.85, 0.95)), row('JPEG', 20, interval(0.6, 0.5, 0.7))];
    expect(careful({ subgroups })).toEqual([
      'All 50 images with file type “PNG” are of one class (positive).',
      'The model does worse with file type “JPEG” (AUC 0.60 [0.50, 0.70]) than with “PNG” (0.90 [0.85, 0.95]).',
    ]);
  });

  it('say where the heat map lies', () => {
    const at = (mass: number) =>
      summariseAttention(
        [1, 2, 3].map((imageId) => ({
          imageId,
          patient: `P${imageId}`,
          outsideBody: { mass, area: 0.4 },
          outsideLung: { mass: 0.9, area: 0.8 },
        })),
        3,
        1,
      );
    expect(careful({ attention: at(0.3) })).toHaveLength(2);
    expect(careful({ attention: at(0.05) })).toHaveLength(1);
    expect(auditFindings(facts({ attention: at(0.05) })).some((one) => one.message.includes('On average 5 %'))).toBe(
      true,
    );
  });

  it('say that few images say little, and what was not measured', () => {
    const words = auditFindings(facts({ images: 12, borderMeasured: false })).map((one) => one.message);
    expect(words).toContain('There are only 12 images: an audit of so few can miss much.');
    expect(words.some((one) => one.startsWith('Burnt-in text was not measured'))).toBe(true);
  });
});

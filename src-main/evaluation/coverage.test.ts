/** In repeated studies with a known truth, 95 % intervals must hold it in 95 % ± 1.5 points of them. */
import { describe, expect, it } from 'vitest';
import { clopperPearsonInterval } from './clopperPearson.ts';
import { bootstrap } from './bootstrap.ts';
import { aucWithDelong } from './delong.ts';
import { createRandom } from '../../src-shared/domain/random.ts';
import { wilsonInterval } from './wilson.ts';

function generator(seed: number) {
  const random = createRandom(seed);
  const uniform = () => (random.below(2 ** 32) + 0.5) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

const holds = (interval: { low: number | null; high: number | null }, truth: number) =>
  interval.low! <= truth && truth <= interval.high!;

/** Φ(1) : the AUC of two unit normals whose means lie √2 apart. */
const trueAuc = 0.8413447460685429;
const logistic = (score: number) => 1 / (1 + Math.exp(-score));

describe('coverage of the 95 % intervals', () => {
  it('Wilson, over studies whose true proportion lies between 0.6 and 0.95', () => {
    const { uniform } = generator(1);
    const studies = 8000;
    let covered = 0;
    let exactCovered = 0;
    for (let study = 0; study < studies; study += 1) {
      const truth = 0.6 + 0.35 * uniform();
      const images = 60 + Math.floor(120 * uniform());
      let successes = 0;
      for (let image = 0; image < images; image += 1) successes += uniform() < truth ? 1 : 0;
      if (holds(wilsonInterval(successes, images), truth)) covered += 1;
      if (holds(clopperPearsonInterval(successes, images), truth)) exactCovered += 1;
    }
    expect(Math.abs(covered / studies - 0.95)).toBeLessThan(0.015);
    // Clopper–Pearson promises at least 95 %.
    expect(exactCovered / studies).toBeGreaterThan(0.95);
  });

  it('DeLong, 80 images of each class', () => {
    const { normal } = generator(2);
    const studies = 4000;
    let covered = 0;
    for (let study = 0; study < studies; study += 1) {
      const labels = Uint8Array.from({ length: 160 }, (_unused, image) => image % 2);
      const probabilities = Float64Array.from(labels, (label) => logistic(normal() + label * Math.SQRT2));
      if (holds(aucWithDelong({ labels, probabilities }).auc, trueAuc)) covered += 1;
    }
    expect(Math.abs(covered / studies - 0.95)).toBeLessThan(0.015);
  });

  it('patient-clustered bootstrap where the images of a patient resemble each other, and DeLong fails', () => {
    const { normal } = generator(7);
    const studies = 1500;
    const patientCount = 300;
    const covered = { clustered: 0, delong: 0, sensitivity: 0 };
    for (let study = 0; study < studies; study += 1) {
      const patients: string[] = [];
      const labels: number[] = [];
      const scores: number[] = [];
      for (let patient = 0; patient < patientCount; patient += 1) {
        const shared = normal() * Math.sqrt(0.7);
        for (let image = 0; image < 2; image += 1) {
          patients.push(String(patient));
          labels.push(patient % 2);
          scores.push(logistic(shared + normal() * Math.sqrt(0.3) + (patient % 2) * Math.SQRT2));
        }
      }
      const table = { labels: Uint8Array.from(labels), probabilities: Float64Array.from(scores), patients };
      const { intervals } = bootstrap(table, {
        unit: 'patient',
        band: false,
        threshold: logistic(Math.SQRT2 - 1),
        replicates: 600,
        seed: study,
      });
      if (holds(intervals.auc, trueAuc)) covered.clustered += 1;
      // P(score of a positive image ≥ mean − 1 SD)
      if (holds(intervals.sensitivity, trueAuc)) covered.sensitivity += 1;
      if (holds(aucWithDelong(table).auc, trueAuc)) covered.delong += 1;
    }
    expect(Math.abs(covered.clustered / studies - 0.95)).toBeLessThan(0.015);
    expect(Math.abs(covered.sensitivity / studies - 0.95)).toBeLessThan(0.015);
    expect(covered.delong / studies).toBeLessThan(0.9);
  });
});

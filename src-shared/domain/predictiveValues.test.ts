import { describe, expect, it } from 'vitest';
import { predictiveValues } from './predictiveValues.ts';
import { createRandom } from './random.ts';

describe('predictive values at another prevalence', () => {
  it('are those of the sample at its own prevalence', () => {
    const { ppv, npv } = predictiveValues({ right: 45, total: 50 }, { right: 160, total: 200 }, 50 / 250);
    expect(ppv!.value).toBeCloseTo(45 / (45 + 40), 12);
    expect(npv!.value).toBeCloseTo(160 / (160 + 5), 12);
    expect(ppv!.low).toBeLessThan(ppv!.value);
    expect(npv!.high).toBeGreaterThan(npv!.value);
  });

  it('follow the prevalence from one end to the other', () => {
    const at = (prevalence: number) =>
      predictiveValues({ right: 45, total: 50 }, { right: 160, total: 200 }, prevalence);
    expect([at(0).ppv!.value, at(0).npv!.value]).toEqual([0, 1]);
    expect([at(1).ppv!.value, at(1).npv!.value]).toEqual([1, 0]);
    expect(at(0.01).ppv!.value).toBeCloseTo((0.9 * 0.01) / (0.9 * 0.01 + 0.2 * 0.99), 12);
  });

  it('keep to 0 … 1 where nothing or everything is called right, and have no value where nothing is called at all', () => {
    const perfect = predictiveValues({ right: 20, total: 20 }, { right: 30, total: 30 }, 0.1);
    expect(perfect.ppv).toMatchObject({ value: 1, high: 1 });
    expect(perfect.ppv!.low).toBeGreaterThan(0.2);
    expect(perfect.ppv!.low).toBeLessThan(0.7);
    const useless = predictiveValues({ right: 0, total: 20 }, { right: 25, total: 30 }, 0.1);
    expect(useless.ppv).toMatchObject({ value: 0, low: 0 });
    expect(predictiveValues({ right: 0, total: 20 }, { right: 30, total: 30 }, 0.1).ppv).toBeNull();
    expect(predictiveValues({ right: 0, total: 0 }, { right: 30, total: 30 }, 0.1).ppv).toBeNull();
  });

  it('hold the truth in 95 % ± 1.5 points of repeated studies with 80 images of each class', () => {
    const random = createRandom(5);
    const uniform = () => (random.below(2 ** 32) + 0.5) / 2 ** 32;
    const count = (total: number, share: number) => {
      let right = 0;
      for (let image = 0; image < total; image += 1) right += uniform() < share ? 1 : 0;
      return right;
    };
    const studies = 8000;
    let held = 0;
    for (let study = 0; study < studies; study += 1) {
      const [sensitivity, specificity, prevalence] = [
        0.6 + 0.35 * uniform(),
        0.6 + 0.35 * uniform(),
        0.02 + 0.4 * uniform(),
      ];
      const truth = (sensitivity * prevalence) / (sensitivity * prevalence + (1 - specificity) * (1 - prevalence));
      const { ppv } = predictiveValues(
        { right: count(80, sensitivity), total: 80 },
        { right: count(80, specificity), total: 80 },
        prevalence,
      );
      if (ppv !== null && ppv.low <= truth && truth <= ppv.high) held += 1;
    }
    expect(Math.abs(held / studies - 0.95)).toBeLessThan(0.015);
  });
});

/** The operating point and the locked test set on a real project: chosen on validation, frozen, applied, and on record. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { figureOperations } from '../../src-main/app/figureOperations.ts';
import { createMetricsThread, evaluateRun, type EvaluatedRun } from '../../src-main/evaluation/index.ts';
import { openProjectStore, type ProjectStore } from '../../src-main/store/index.ts';
import { evaluateRequestSchema, predictionFilterSchema } from '../../src-shared/contract/evaluation.ts';
import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import { createRandom } from '../../src-shared/domain/random.ts';
import { temporaryFolder } from '../helpers/commandLine.ts';
import { addMadeRuns, importedProject, type MadeProject } from '../helpers/evaluatedProject.ts';

const folder = temporaryFolder('evaluation');
const metrics = createMetricsThread();
const context = { signal: new AbortController().signal, report: () => undefined };
let project: MadeProject;
let store: ProjectStore;
let run: string;

beforeAll(async () => {
  project = await importedProject(folder.path, 'flow', { patients: 12, slices: 3 });
});
afterAll(() => folder.remove());

beforeEach(() => {
  [run] = addMadeRuns(project, 1) as [string];
  store = openProjectStore(project.path);
  return () => store.close();
});

/** Evaluation with the project's own images and probabilities drawn by image, in place of the network. */
async function evaluate(request: object, classes = ['Ground glass', 'No ground glass']) {
  const images = store.splits.dataset();
  const evaluated: EvaluatedRun = {
    modelDirectory: '',
    classes,
    positiveClass: 'Ground glass',
    preprocessing: defaultRunConfiguration.preprocessing,
    seen: images.filter((image) => image.set !== 'test'),
    validation: images.filter((image) => image.set === 'validation'),
  };
  return evaluateRun(
    {
      store: {
        ...store.evaluations,
        evaluatedRun: () => evaluated,
        testImages: () => images.filter((image) => image.set === 'test'),
        notes: () => [],
        testSetFacts: () =>
          Promise.resolve({
            nearDuplicates: [],
            accepted: { patients: new Set<number>(), images: new Set<number>() },
            openFindings: [],
          }),
      },
      predictor: {
        predict: async (_run, wanted) =>
          wanted.map((image) => {
            const random = createRandom(image.imageId);
            const positive = image.className === 'Ground glass' ? 0.3 : 0;
            const probability = Math.min(1, positive + random.below(1000) / 1200);
            return [probability, 1 - probability];
          }),
      },
      metrics,
      now: () => new Date().toISOString(),
    },
    evaluateRequestSchema.parse({ run, ...request }),
    context,
  );
}
const figures = () => figureOperations(store, metrics);
const predictions = () =>
  store.evaluations.predictions(predictionFilterSchema.parse({ run, set: 'validation', limit: 1000 })).items;

describe('the operating point', () => {
  it('is chosen by the rule until it is frozen; then another rule is only tried out', async () => {
    const youden = await evaluate({ set: 'validation' });
    expect(youden.operatingPoint).toMatchObject({ rule: 'youden', chosenOn: 'validation' });
    const sensitive = await evaluate({ set: 'validation', rule: 'sensitivity>=0.9' });
    expect(sensitive.sensitivity.value).toBeGreaterThanOrEqual(0.9);
    expect(store.evaluations.document(run, 'validation')!.operatingPoint).toEqual(sensitive.operatingPoint);

    const { threshold } = sensitive.operatingPoint;
    await figures().freeze(
      { run, threshold, rule: 'sensitivity>=0.9', frozenBy: 'Dr. A', reason: 'Screening' },
      context,
    );
    const tried = await evaluate({ set: 'validation', rule: 'fixed' });
    expect(tried.operatingPoint).toMatchObject({ threshold: 0.5, rule: 'fixed' });
    expect(tried.warnings.join()).toContain('Tried out only');
    expect(store.evaluations.document(run, 'validation')!.operatingPoint.threshold).toBe(threshold);
  });

  it('is refused in words where the model tells other classes apart than the project has', async () => {
    await expect(evaluate({ set: 'validation' }, ['Ground glass of old', 'none'])).rejects.toMatchObject({
      code: 'SET_EMPTY',
      message: 'The model tells apart Ground glass of old, none; no image of this set is of one of these classes.',
    });
  });

  it('moved by hand and frozen, is applied to the test set and cannot be moved afterwards', async () => {
    await evaluate({ set: 'validation' });
    const wish = { run, threshold: 0.61, rule: 'manual', frozenBy: 'Dr. B', reason: 'Fewer false alarms' } as const;
    const frozen = await figures().freeze(wish, context);
    expect(frozen.operatingPoint).toEqual({ threshold: 0.61, rule: 'manual', chosenOn: 'validation' });
    const called = predictions().filter((row) => row.probability >= 0.61);
    expect(frozen.confusion.tp + frozen.confusion.fp).toBe(called.length);

    const test = await evaluate({ set: 'test', openedBy: 'Dr. B', rule: 'youden' });
    expect(test.operatingPoint).toEqual(frozen.operatingPoint);
    expect(test.warnings.join()).toContain('The rule “youden” was not applied');
    expect(figures().operatingPoint(run)).toMatchObject({
      testOpened: true,
      history: [{ threshold: 0.61, frozenBy: 'Dr. B' }],
    });
    await expect(figures().freeze({ ...wish, threshold: 0.4 }, context)).rejects.toMatchObject({
      code: 'TEST_SET_LOCKED',
    });
    expect(store.evaluations.document(run, 'validation')!.operatingPoint.threshold).toBe(0.61);
  });

  it('is frozen by opening the test set where nobody froze it before', async () => {
    const test = await evaluate({ set: 'test', openedBy: 'Dr. C' });
    const [point] = store.evaluations.frozenPoints(run);
    expect(point).toMatchObject({
      ...test.operatingPoint,
      frozenBy: 'Dr. C',
      reason: 'Frozen by opening the test set.',
    });
    expect(() => store.database.exec('UPDATE operating_points SET threshold = 0.1')).toThrow(/append-only/);
    expect(() => store.database.exec('DELETE FROM operating_points')).toThrow(/append-only/);
  });
});

describe('the test set', () => {
  it('needs a name, and nothing is recorded without one', async () => {
    const before = store.evaluations.openings().length;
    await expect(evaluate({ set: 'test', openedBy: '  ' })).rejects.toMatchObject({ code: 'TEST_SET_LOCKED' });
    expect(store.evaluations.openings()).toHaveLength(before);
    expect(store.evaluations.frozenPoints(run)).toEqual([]);
  });

  it('says how often it was opened before', async () => {
    const before = store.evaluations.openings().length;
    await evaluate({ set: 'test', openedBy: 'Dr. D' });
    const again = await evaluate({ set: 'test', openedBy: 'Dr. D' });
    expect(again.warnings.join()).toContain(
      before + 1 === 1 ? 'opened once before' : `opened ${before + 1} times before`,
    );
    expect(store.evaluations.openings().at(-1)).toMatchObject({ run, openedBy: 'Dr. D' });
  });

  it('is not opened by an evaluation that is cancelled before', async () => {
    const before = store.evaluations.openings().length;
    const cancelled = { signal: AbortSignal.abort(), report: () => undefined };
    await expect(
      figures().freeze({ run, threshold: 0.5, rule: 'manual', frozenBy: 'x', reason: '' }, cancelled),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(store.evaluations.openings()).toHaveLength(before);
  });
});

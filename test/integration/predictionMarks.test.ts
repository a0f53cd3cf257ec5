/** What a mark of the results screen opens is what the mark counts: the same numbers by query and by hand. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProjectStore, type ProjectStore } from '../../src-main/store/index.ts';
import { createWorklist } from '../../src-main/store/reviews/worklist.ts';
import { subgroupAttributes } from '../../src-main/store/subgroups.ts';
import { predictionFilterSchema, type PredictionRow } from '../../src-shared/contract/evaluation.ts';
import { worklistRequestSchema } from '../../src-shared/contract/review.ts';
import type { PredictionMarks } from '../../src-shared/contract/predictionMarks.ts';
import { temporaryFolder } from '../helpers/commandLine.ts';
import { addMadeRuns, importedProject } from '../helpers/evaluatedProject.ts';

const folder = temporaryFolder('marks');
let store: ProjectStore;

beforeAll(async () => {
  const project = await importedProject(folder.path, 'marks', { patients: 12, slices: 3 });
  addMadeRuns(project, 2, { tested: true });
  store = openProjectStore(project.path);
});
afterAll(() => {
  store?.close();
  folder.remove();
});

function rows(marks: Partial<PredictionMarks>, run = 'run-1'): PredictionRow[] {
  const filter = predictionFilterSchema.parse({ run, set: 'validation', ...marks, limit: 1000 });
  const page = store.evaluations.predictions(filter);
  expect(page.total).toBe(page.items.length);
  return page.items;
}
const ids = (found: readonly PredictionRow[]) => found.map((row) => row.imageId).sort((a, b) => a - b);

describe('marks of the results screen', () => {
  it('a cell of the confusion matrix opens as many images as it counts', () => {
    const { confusion } = store.evaluations.document('run-1', 'validation')!;
    for (const outcome of ['tp', 'fp', 'fn', 'tn'] as const) {
      const found = rows({ outcome });
      expect(found).toHaveLength(confusion[outcome]);
      expect(found.every((row) => row.outcome === outcome)).toBe(true);
    }
  });

  it('a bin opens the images of its probabilities, each image in one bin, and 1 in the last', () => {
    const { bins } = store.evaluations.document('run-1', 'validation')!.calibration;
    const counts = bins.map(({ low, high }) => rows({ probability: { from: low, to: high } }).length);
    expect(counts).toEqual(bins.map((bin) => bin.n));
    expect(rows({ probability: { from: 0, to: 1 }, label: 'Ground glass' })).toHaveLength(
      rows({}).filter((row) => row.label === 'Ground glass').length,
    );
  });

  it('a cell of the matrix of all classes opens the images of its reference that have the highest probability there', () => {
    const three = ['Ground glass', 'No ground glass', 'Emphysema'];
    const database = store.database;
    database.prepare('UPDATE runs SET card = ? WHERE id = ?').run(JSON.stringify({ classes: three }), 'run-2');
    const shares = (imageId: number) => [(imageId * 7) % 11, (imageId * 5) % 11, (imageId * 3) % 11];
    const found = rows({}, 'run-2');
    for (const { imageId } of found) {
      database
        .prepare('UPDATE predictions SET probabilities = ? WHERE run_id = ? AND image_id = ?')
        .run(JSON.stringify(shares(imageId)), 'run-2', imageId);
    }
    for (const label of new Set(found.map((row) => row.label))) {
      for (const [place, called] of three.entries()) {
        const byHand = found.filter((row) => {
          const own = shares(row.imageId);
          return row.label === label && own.indexOf(Math.max(...own)) === place;
        });
        expect(ids(rows({ label, called }, 'run-2'))).toEqual(ids(byHand));
      }
    }
    expect(rows({ called: 'no such class' }, 'run-2')).toEqual([]);

    const request = worklistRequestSchema.parse({
      filter: { run: 'run-2', set: 'validation' },
      mode: 'open',
      reader: 'A',
    });
    const metrics = store.evaluations.document('run-2', 'validation')!;
    const [first] = createWorklist(database).page({ request, metrics, against: null, seed: null }).items;
    const highest = [...shares(first!.imageId)].sort((one, other) => other - one);
    expect(first!.classes!.map((one) => one.probability)).toEqual(highest);
  });

  it('a patient opens the images of this patient', () => {
    const [first] = rows({});
    expect(ids(rows({ patient: first!.patient }))).toEqual(
      ids(rows({}).filter((row) => row.patient === first!.patient)),
    );
  });

  it('the levels of a subgroup share the images among them; an attribute that is none opens nothing', () => {
    const levels = new Map<string, number>();
    for (const row of store.database
      .prepare(
        `SELECT patients.sex AS level, count(*) AS n FROM predictions JOIN images ON images.id = image_id
         JOIN patients ON patients.id = images.patient_id WHERE run_id = 'run-1' AND set_name = 'validation' GROUP BY 1`,
      )
      .all()) {
      levels.set(String(row.level), Number(row.n));
    }
    for (const [level, images] of levels) {
      if (level !== 'null') expect(rows({ group: { attribute: 'Sex', level } })).toHaveLength(images);
    }
    expect(subgroupAttributes).toContain('Slice thickness');
    expect(rows({ group: { attribute: "'; DROP TABLE predictions; --", level: 'x' } })).toEqual([]);
  });

  it('the cells of a comparison share the images among them', () => {
    const cell = (right: NonNullable<PredictionMarks['against']>['right']) =>
      rows({ against: { run: 'run-2', right } });
    const right = (run: string) =>
      new Set(rows({}, run).flatMap((row) => (row.outcome === 'tp' || row.outcome === 'tn' ? [row.imageId] : [])));
    const [own, other] = [right('run-1'), right('run-2')];
    expect(ids(cell('only-this'))).toEqual([...own].filter((id) => !other.has(id)).sort((a, b) => a - b));
    expect(ids(cell('only-other'))).toEqual([...other].filter((id) => !own.has(id)).sort((a, b) => a - b));
    expect(cell('both').length + cell('neither').length + cell('different').length).toBe(rows({}).length);
    expect(ids(cell('different'))).toEqual(ids([...cell('only-this'), ...cell('only-other')]));
    expect(cell('different').length).toBeGreaterThan(0);
    expect(rows({ against: { run: 'run-9', right: 'both' } })).toEqual([]);
  });
});

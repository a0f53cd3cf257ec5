/** How SQLite goes about what the grid asks: orders are read off their indices, filters searched, whether statistics are there or not. */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conditions, pageStatement } from '../../src-main/store/imageQuery.ts';
import { imageSortSchema, type ImageFilter, type ImageSort } from '../../src-shared/contract/library.ts';
import { temporaryFolder } from '../helpers/commandLine.ts';
import { makeLargeProject } from '../helpers/largeProject.ts';

const folder = temporaryFolder('queries');
let database: DatabaseSync;

beforeAll(async () => {
  const { path } = await makeLargeProject(folder.path, 3000);
  database = new DatabaseSync(join(path, 'project.sqlite'));
});
afterAll(() => {
  database.close();
  folder.remove();
});

/** Steps of the plan; those of the page's list of ids apart from those of its rows. */
function planOf(filter: Partial<ImageFilter>, sort: ImageSort, descending = false) {
  const { values } = conditions(filter);
  const steps = database
    .prepare(`EXPLAIN QUERY PLAN ${pageStatement({ filter, sort, descending })}`)
    .all({ ...values, limit: 200, offset: 0 })
    .map((row) => ({ id: Number(row.id), parent: Number(row.parent), detail: String(row.detail) }));
  const list = steps.find(({ detail }) => detail === 'MATERIALIZE page')!;
  const within = (id: number): boolean => id === list.id || steps.some((step) => step.id === id && within(step.parent));
  const details = (inside: boolean) =>
    steps.filter((step) => step !== list && within(step.parent) === inside).map(({ detail }) => detail);
  return { ids: details(true), rows: details(false) };
}

function countPlan(filter: Partial<ImageFilter>): string {
  const { where, values } = conditions(filter);
  const steps = database.prepare(`EXPLAIN QUERY PLAN SELECT count(*) FROM image_facts WHERE ${where}`).all(values);
  return steps.map((row) => String(row.detail)).join('\n');
}

/** Filters with the index that finds their images. */
const narrowing: [string, Partial<ImageFilter>, RegExp][] = [
  ['class', { classId: 1 }, /facts_(class|counts|sets|folders)\b/],
  ['no label', { classId: 'none' }, /facts_(class|counts)\b/],
  ['set', { set: 'validation' }, /facts_sets?\b/],
  ['in no set', { set: 'none' }, /facts_sets?\b/],
  ['fold', { fold: 2 }, /facts_fold\b/],
  ['folder', { sourceId: 1, folder: 'site1' }, /facts_(name|folders)\b/],
  ['patient', { patientId: 100 }, /facts_group\b/],
  ['series', { seriesId: 5 }, /INTEGER PRIMARY KEY/],
  ['scanner', { scanner: 'Philips iCT 256' }, /facts_scanner\b/],
  ['file type', { format: 'png' }, /facts_format\b/],
  ['modality', { modality: 'CT' }, /facts_modality\b/],
  ['slice thickness', { thickness: { from: 1, to: 2 } }, /facts_thickness\b/],
  ['open findings', { finding: true }, /facts_finding\b/],
  ['duplicates', { duplicate: true }, /facts_duplicate\b/],
  ['excluded', { excluded: true }, /facts_excluded\b/],
  ['key images', { keyImages: true }, /INTEGER PRIMARY KEY/],
];

describe.each([['with statistics'], ['without statistics']])('%s', (which) => {
  beforeAll(() => {
    if (which === 'with statistics') return;
    database.exec('DELETE FROM sqlite_stat1');
    database.close();
    database = new DatabaseSync(join(folder.path, 'large.parenchyma', 'project.sqlite'));
  });

  it.each(imageSortSchema.options)('the order by %s is read off its index, forwards and backwards', (sort) => {
    for (const descending of [false, true]) {
      const { ids, rows } = planOf({}, sort, descending);
      const index = sort === 'added' ? 'SCAN image_facts' : `SCAN image_facts USING COVERING INDEX facts_${sort}`;
      expect(ids).toEqual([index]);
      // Rows are fetched for the page alone, whose 200 may then be sorted.
      expect(rows).toContain('SEARCH facts USING INTEGER PRIMARY KEY (rowid=?)');
      expect(rows.filter((step) => step.startsWith('SCAN'))).toEqual(['SCAN page']);
    }
  });

  it.each(narrowing)('images are counted and found by %s through an index', (_name, filter, index) => {
    expect(countPlan(filter)).toMatch(index);
    expect(countPlan(filter)).not.toMatch(/SCAN image_facts$/m);
    for (const sort of ['patient', 'name'] as const) {
      const ids = planOf(filter, sort).ids.join('\n');
      // Either the filter's index and a sort of what it found, or the order's index from its beginning: never the table and a sort.
      expect(ids).not.toMatch(/SCAN image_facts$/m);
      if (/SCAN image_facts USING/.test(ids) && !index.test(ids)) expect(ids).not.toMatch(/TEMP B-TREE/);
    }
  });

  it.each([
    ['reviewed', { reviewed: true }],
    ['not reviewed', { reviewed: false }],
    ['not read by a reader', { unreadBy: 'Dr. One' }],
  ] satisfies [string, Partial<ImageFilter>][])(
    'what was %s is looked up image by image along the order, each by the index of what readers said',
    (_name, filter) => {
      const { ids } = planOf(filter, 'patient');
      expect(ids.filter((step) => step.startsWith('SCAN'))).toEqual([
        'SCAN image_facts USING COVERING INDEX facts_patient',
      ]);
      expect(ids.join('\n')).not.toMatch(/TEMP B-TREE/);
      const looked = ids.filter((step) => /review_states|reader_label_states|\bown\b/.test(step));
      expect(looked.length).toBeGreaterThan(0);
      for (const step of looked) expect(step).toMatch(/^SEARCH .* USING .*(INDEX|PRIMARY KEY)/);
    },
  );

  it('text and size, which have no index that could find them, are looked for along the order, without a sort', () => {
    for (const filter of [{ text: 'patient77 im0004' }, { size: { from: 600, to: null } }, { duplicate: false }]) {
      expect(planOf(filter, 'patient').ids).toEqual(['SCAN image_facts USING INDEX facts_patient']);
    }
    expect(countPlan({ size: { from: 600, to: null } })).toMatch(/COVERING INDEX facts_size/);
  });
});

describe('the search box', () => {
  const found = (text: string): number[] => {
    const { where, values } = conditions({ text });
    const rows = database.prepare(`SELECT image_id FROM image_facts WHERE ${where} ORDER BY image_id`).all(values);
    return rows.map((row) => Number(row.image_id));
  };

  beforeAll(() => {
    const write = database.prepare('UPDATE image_facts SET search_text = lower(?), scanner = ? WHERE image_id = ?');
    write.run('Ärzte/Müller_1.png', null, 21);
    write.run('ärzte/MÜLLER_2.png', null, 22);
    write.run('Ärzte/müller_3.png'.normalize('NFD'), null, 23);
    write.run('other/4.png', 'Neusoft', 24);
  });

  it.each(['müller', 'MÜLLER', 'Müller ärzte', 'müller'.normalize('NFD')])(
    'finds letters beyond ASCII in either case, composed or not: %s',
    (text) => expect(found(text)).toEqual([21, 22, 23]),
  );

  it('finds a scanner of which only the manufacturer is known', () => {
    expect(found('neusoft')).toEqual([24]);
    expect(found('neusoft 4.png')).toEqual([24]);
    expect(found('neusoft müller')).toEqual([]);
  });
});

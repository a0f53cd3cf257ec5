import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsvTable } from './csvTable.ts';
import { holm } from './holm.ts';
import { metricsFromCsv } from './metricsFromCsv.ts';

const problemsOf = (text: string, positive?: string) => {
  const result = readCsvTable(text, positive === undefined ? {} : { positive });
  return result.kind === 'refused' ? result.problems.map(({ line, code }) => `${line} ${code}`) : [];
};
const binary = (text: string, positive?: string) => {
  const result = readCsvTable(text, positive === undefined ? {} : { positive });
  if (result.kind !== 'binary') throw new Error(JSON.stringify(result));
  return result.rows;
};

describe('a predictions table', () => {
  it('is read with byte order mark, CRLF, quotes and columns in any order', () => {
    const rows = binary(
      '\ufeff"set",patient,Probability,LABEL\r\ntest,"Doe, ""J""",0.25,1\r\n\r\nval,"two\nlines",1e-3,0\r\n',
    );
    expect(Array.from(rows.table.probabilities)).toEqual([0.25, 0.001]);
    expect(Array.from(rows.table.labels)).toEqual([1, 0]);
    expect(rows.table.patients).toEqual(['Doe, "J"', 'two\nlines']);
    expect(rows.sets).toEqual(['test', 'validation']);
  });

  it('is read with semicolons and decimal commas, as European spreadsheets write it', () => {
    expect(Array.from(binary('label;probability\n1;0,75\n0;0,5\n').table.probabilities)).toEqual([0.75, 0.5]);
  });

  it.each([
    ['semicolons', 'label;probability_tumour, left;probability_other\n"tumour, left";0,75;0,25\n'],
    ['tabs', '\n\nprobability_tumour, left\tprobability_a, b\tlabel\n0.75\t0.25\ttumour, left\n'],
  ])('is read with %s where a class has a comma in its name', (_delimiter, text) => {
    const read = readCsvTable(text);
    if (read.kind !== 'multiclass') throw new Error(JSON.stringify(read));
    expect(read.table.classes[0]).toBe('tumour, left');
    expect(Array.from(read.table.probabilities[0]!)).toEqual([0.75]);
  });

  it('is read with semicolons after empty lines', () => {
    expect(Array.from(binary('\n  \nlabel;probability\n1;0,75\n').table.probabilities)).toEqual([0.75]);
  });

  it.each(['label,probability,Label\n1,0.5,0\n', 'label,probability_A,probability:A,probability_B\nA,0.5,0.2,0.3\n'])(
    'is refused where two columns mean the same: %j',
    (text) => expect(problemsOf(text)).toEqual(['1 COLUMN_TWICE']),
  );

  it('tells classes apart by upper and lower case', () => {
    expect(readCsvTable('label,probability_a,probability_A\na,0.5,0.5\n')).toMatchObject({
      kind: 'multiclass',
      table: { classes: ['a', 'A'] },
    });
  });

  it('takes class names where the positive one is named', () => {
    const rows = binary('label,probability\nCOVID,0.9\nother,0.2\n', 'COVID');
    expect(Array.from(rows.table.labels)).toEqual([1, 0]);
    expect(rows.positiveClass).toBe('COVID');
  });

  it('names every bad row by its line', () => {
    const text =
      'label,probability,set\n1,0.5,test\n1,1.5,test\n0,nan,test\n,0.5,test\n1,0.5\n1,0.5,holdout\n0,,test\n1,0x1,test\n';
    expect(problemsOf(text)).toEqual([
      '3 BAD_PROBABILITY',
      '4 BAD_PROBABILITY',
      '5 NO_LABEL',
      '6 WRONG_WIDTH',
      '7 BAD_SET',
      '8 BAD_PROBABILITY',
      '9 BAD_PROBABILITY',
    ]);
  });

  it('counts lines through quoted line breaks', () => {
    expect(problemsOf('label,probability,patient\n1,0.5,"a\nb"\n1,2,c\n')).toEqual(['4 BAD_PROBABILITY']);
  });

  it.each([
    ['', '0 EMPTY'],
    ['label,probability\n', '1 NO_ROWS'],
    ['label,score\n1,0.5\n', '1 NO_COLUMN'],
    ['label,probability\n1,"0.5\n', '2 UNCLOSED_QUOTE'],
    ['label,probability\n1,"0.5"7\n', '2 STRAY_QUOTE'],
    ['label,probability\nCOVID,0.5\nother,0.5\n', '2 POSITIVE_NEEDED'],
    [`label,probability\n1,${'0'.repeat(20_000)}\n`, '2 CELL_TOO_LONG'],
    [`label,probability${',x'.repeat(300)}\n`, '1 TOO_MANY_COLUMNS'],
  ])('is refused: %j', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it('is refused where the positive class is misspelt', () => {
    expect(problemsOf('label,probability\nCOVID,0.5\nother,0.5\n', 'COVlD')).toEqual(['0 POSITIVE_NOT_FOUND']);
  });
});

describe('metrics of a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parenchyma-metrics-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const file = async (name: string, content: string | Uint8Array) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };

  it('chooses the operating point on the validation rows and applies it to the test rows', async () => {
    const path = await file(
      'sets.csv',
      'label,probability,set\n1,0.9,validation\n1,0.6,validation\n0,0.55,validation\n0,0.1,validation\n1,0.58,test\n0,0.3,test\n1,0.99,training\n',
    );
    const result = await metricsFromCsv(path, { rule: 'youden' });
    if (result.kind !== 'metrics') throw new Error(result.kind);
    expect(result.document.set).toBe('test');
    expect(result.document.operatingPoint).toEqual({ threshold: 0.6, rule: 'youden', chosenOn: 'validation' });
    expect(result.document.confusion).toEqual({ tp: 0, fp: 0, fn: 1, tn: 1 });
    expect(result.document.warnings).toContain('5 rows of other sets are not part of these figures.');
  });

  it('clusters by patient, and says so where patients are not known', async () => {
    const path = await file('patients.csv', 'label,probability,patient\n1,0.9,a\n1,0.6,a\n0,0.55,b\n0,0.7,c\n');
    const result = await metricsFromCsv(path, { cluster: 'patient', replicates: 100 });
    if (result.kind !== 'metrics') throw new Error(result.kind);
    expect(result.document.clustered?.replicates).toBe(100);
    expect(result.document.patientLevel?.n).toEqual({ patients: 3, positive: 1, negative: 2 });
    const none = await metricsFromCsv(await file('plain.csv', 'label,probability\n1,0.5\n'), { cluster: 'patient' });
    expect(none).toMatchObject({ kind: 'refused', problems: [{ code: 'NO_PATIENT_COLUMN' }] });
  });

  it('compares two tables by id, whatever their order', async () => {
    const one = await file('one.csv', 'id,label,probability\na,1,0.9\nb,1,0.4\nc,0,0.2\nd,0,0.6\n');
    const other = await file('other.csv', 'id,label,probability\nd,0,0.1\nc,0,0.2\nb,1,0.8\na,1,0.9\n');
    const result = await metricsFromCsv(one, { against: [other] });
    if (result.kind !== 'comparison') throw new Error(result.kind);
    expect(result.document.pairs[0]!.decisions).toMatchObject({ bothRight: 2, onlySecondRight: 2, bothWrong: 0 });
    expect(result.document.pairs[0]!.decisions.pValue).toBeCloseTo(0.5, 12);
    expect(result.document.pairs[0]!.auc.difference).toBe(-0.25);
    const short = await file('short.csv', 'id,label,probability\na,1,0.9\n');
    expect(await metricsFromCsv(one, { against: [short] })).toMatchObject({ problems: [{ code: 'OTHER_IMAGES' }] });
  });

  it('reads a multi-class table', async () => {
    const path = await file(
      'classes.csv',
      'label,probability:a,probability:b,probability:c\na,0.8,0.1,0.1\nb,0.5,0.4,0.1\nc,0,0,1\n',
    );
    const result = await metricsFromCsv(path);
    expect(result).toMatchObject({
      kind: 'multiclass',
      document: {
        confusion: [
          [1, 0, 0],
          [1, 0, 0],
          [0, 0, 1],
        ],
      },
    });
  });

  it('says what of the options does not go with a multi-class table', async () => {
    const rows = 'a,0.8,0.2,test\nb,0.5,0.5,test\nb,0.4,0.6,validation\n';
    const path = await file('class sets.csv', `label,probability_a,probability_b,set\n${rows}`);
    const result = await metricsFromCsv(path, { rule: 'youden' });
    if (result.kind !== 'multiclass') throw new Error(result.kind);
    expect(result.document.warnings).toContain('1 row of other sets is not part of these figures.');
    expect(result.document.warnings.join()).toContain('the rule “youden” is not applied');
    const without = await file('class no sets.csv', 'label,probability_a,probability_b\na,0.8,0.2\n');
    expect(await metricsFromCsv(without, { set: 'test' })).toMatchObject({ problems: [{ code: 'NO_SET_COLUMN' }] });
  });

  it('judges one class of a multi-class table against the rest, or all classes beside a column for one', async () => {
    const rows = 'a,0.8,0.8,0.1,0.1\nb,0.5,0.5,0.4,0.1\nc,0,0,0,1\n';
    const path = await file('both.csv', `label,probability,probability_a,probability_b,probability_c\n${rows}`);
    expect(await metricsFromCsv(path, { classes: true })).toMatchObject({
      kind: 'multiclass',
      document: { classes: ['a', 'b', 'c'], n: { perClass: [1, 1, 1] } },
    });
    const ofA = await metricsFromCsv(path, { positive: 'a' });
    expect(ofA).toMatchObject({ kind: 'metrics', document: { positiveClass: 'a', n: { positive: 1, negative: 2 } } });
    const plain = await file('plain classes.csv', 'label,probability_a,probability_b\na,0.8,0.2\nb,0.3,0.7\n');
    const ofB = await metricsFromCsv(plain, { positive: 'b' });
    expect(ofB).toMatchObject({
      kind: 'metrics',
      document: { positiveClass: 'b', confusion: { tp: 1, fp: 0, fn: 0, tn: 1 } },
    });
    expect(await metricsFromCsv(plain, { positive: 'c' })).toMatchObject({
      problems: [{ code: 'POSITIVE_NOT_FOUND' }],
    });
    const without = await file('no a.csv', 'label,probability_a,probability_b,probability_c\nb,0.8,0.2,0\nc,0,0,1\n');
    expect(await metricsFromCsv(without, { positive: 'a' })).toMatchObject({
      kind: 'metrics',
      document: { n: { positive: 0, negative: 2 }, sensitivity: { value: null } },
    });
  });

  it('compares three tables with Holm’s correction, and per patient where patients have several images', async () => {
    const table = (scores: number[]) =>
      `id,label,probability,patient\n${scores.map((score, at) => `i${at},${at % 2},${score},p${Math.floor(at / 4)}-${at % 2}`).join('\n')}\n`;
    const scores = (seed: number) => Array.from({ length: 24 }, (_unused, at) => ((at * seed * 7919) % 97) / 97);
    const paths = await Promise.all([1, 2, 3].map((seed) => file(`run ${seed}.csv`, table(scores(seed)))));
    const result = await metricsFromCsv(paths[0]!, { against: paths.slice(1) });
    if (result.kind !== 'comparison') throw new Error(result.kind);
    expect(result.document.pairs.map((pair) => [pair.first, pair.second])).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    for (const level of [result.document.pairs, result.document.pairs.map((pair) => pair.patientLevel!)]) {
      const adjusted = holm(level.map((pair) => pair.auc.pValue));
      expect(level.map((pair) => pair.auc.pAdjusted)).toEqual(adjusted);
      for (const { decisions } of level) expect(decisions.pAdjusted).toBeGreaterThanOrEqual(decisions.pValue);
    }
    const [pair] = result.document.pairs;
    expect(pair!.patientLevel!.decisions.bothRight + pair!.patientLevel!.decisions.bothWrong).toBeLessThanOrEqual(12);
    expect(result.document.warnings.join()).toContain('read those at patient level');
  });

  it.each([
    ['missing file', null, 'UNREADABLE'],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x6c, 0), 'UTF16'],
    ['not text', Uint8Array.of(0x6c, 0xc3, 0x28), 'NOT_UTF8'],
  ])('refuses: %s', async (_name, content, code) => {
    const path = content === null ? join(folder, 'nowhere.csv') : await file('bad.csv', content);
    expect(await metricsFromCsv(path)).toMatchObject({ kind: 'refused', problems: [{ code }] });
  });
});

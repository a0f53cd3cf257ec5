/** A project as large as a department's, written straight into a real database: rows as an import leaves them, a few real pictures. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import { createRandom } from '../../src-shared/domain/random.ts';
import { openProjectStore } from '../../src-main/store/index.ts';

export interface LargeProject {
  /** Folder of the project. */
  path: string;
  images: number;
}

const slicesPerSeries = 50;
const realPictures = 8;
const at = '2026-01-01T00:00:00Z';
const scanners = [
  ['SIEMENS', 'SOMATOM Force'],
  ['GE MEDICAL SYSTEMS', 'Revolution'],
  ['Philips', 'iCT 256'],
  ['Canon', 'Aquilion ONE'],
] as const;

/** Series of 50 slices, one or two for each patient; labels, a split by patient, near-duplicates and an exclusion. */
export async function makeLargeProject(directory: string, images: number): Promise<LargeProject> {
  const path = join(directory, 'large.parenchyma');
  const source = join(directory, 'archive');
  await writePictures(source);
  const store = openProjectStore(path);
  const { database } = store;
  const random = createRandom(7);
  store.project.initialise('Large', at, 'test');
  const positive = store.classes.ensureClass('COVID');
  const negative = store.classes.ensureClass('Other');
  const insert = prepare(database);
  const sets = new Map<number, SetName>();
  store.transaction(() => {
    insert.source.run(1, source, at);
    for (let series = 0, image = 0; image < images; series++) {
      const patient = series - (series % 3 === 1 ? 1 : 0);
      if (patient === series)
        insert.patient.run(patient + 1, `dicom::P${patient}`, `P${String(patient + 1).padStart(5, '0')}`);
      const [manufacturer, model] = scanners[patient % scanners.length]!;
      insert.series.run(series + 1, `1.2.3.${series}`, patient + 1, `Thorax ${series % 5}`, manufacturer, model);
      const folder = `site${series % 4}/patient${patient}/series${series}`;
      const set = setOf(patient);
      for (let slice = 0; slice < slicesPerSeries && image < images; slice++, image++) {
        const id = image + 1;
        const hash = createHash('sha256').update(`file ${image}`).digest('hex');
        const real = image < realPictures;
        const name = real ? `real${image}.png` : `IM${String(slice).padStart(4, '0')}.dcm`;
        const where = real ? '' : folder;
        insert.file.run(
          id,
          real ? name : `${folder}/${name}`,
          where,
          name,
          526_000 + (image % 97),
          at,
          hash,
          real ? 'png' : 'dicom',
          at,
        );
        const pixels = createHash('sha256')
          .update(`pixels ${image % 5000 === 4999 ? 0 : image}`)
          .digest('hex');
        const thickness = [0.75, 1, 1.5, 3, 5][patient % 5]!;
        insert.image.run(
          id,
          id,
          patient + 1,
          series + 1,
          slice,
          slice * thickness,
          thickness,
          random.below(9) === 0 ? 768 : 512,
          512,
          pixels,
          patient % 11 === 0 ? null : patient % 2 === 0 ? positive : negative,
        );
        if (set !== null && patient % 11 !== 0) sets.set(id, set);
      }
    }
  });
  store.splits.save({ method: 'ratio', ratio: [70, 15, 15], seed: 1, author: 'test', at, sets });
  store.measures.addPairs(
    Array.from({ length: Math.floor(images / 500) }, (_, place) => ({
      first: place * 500 + 1,
      second: place * 500 + 251,
      similarity: 0.9,
      mirrored: false,
      duplicate: true,
    })),
  );
  store.transaction(() => store.exclusions.set(100, true, { author: 'test', reason: 'motion', at }));
  store.findings.refresh(at);
  database.exec('PRAGMA optimize; ANALYZE;');
  store.close();
  return { path, images };
}

function setOf(patient: number): SetName | null {
  const place = patient % 20;
  return place < 13 ? 'training' : place < 16 ? 'validation' : place < 19 ? 'test' : null;
}

type Database = ReturnType<typeof openProjectStore>['database'];

function prepare(database: Database) {
  return {
    source: database.prepare('INSERT INTO sources (id, path, added_at) VALUES (?, ?, ?)'),
    patient: database.prepare('INSERT INTO patients (id, key, pseudonym) VALUES (?, ?, ?)'),
    series: database.prepare(
      "INSERT INTO series (id, series_uid, patient_id, description, manufacturer, model, modality) VALUES (?, ?, ?, ?, ?, ?, 'CT')",
    ),
    file: database.prepare(
      `INSERT INTO files (id, source_id, relative_path, folder, file_name, bytes, modified_at, sha256, format, warnings, imported_at)
       VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, '[]', ?)`,
    ),
    image: database.prepare(
      `INSERT INTO images (id, file_id, frame, patient_id, series_id, instance_number, slice_position, slice_thickness, rows, columns, pixel_sha256, class_id)
       VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  };
}

async function writePictures(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  for (let place = 0; place < realPictures; place++) {
    const background = { r: 20 * place, g: 20 * place, b: 20 * place };
    await sharp({ create: { width: 64, height: 64, channels: 3, background } })
      .png()
      .toFile(join(directory, `real${place}.png`));
  }
}

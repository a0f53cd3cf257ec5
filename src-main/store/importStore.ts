import type { DatabaseSync } from 'node:sqlite';
import type {
  DicomFacts,
  ImportEntry,
  ImportStore,
  KnownFile,
  NewFile,
  NewImage,
  NewRejection,
  WrittenEntry,
} from '../library/index.ts';
import { inTransaction } from './database.ts';
import { ensurePatient, type PatientStore } from './patients.ts';

/** What an import reads and writes. Patients, series, files and images are made as they are met. */
export function createImportStore(
  database: DatabaseSync,
  patients: Pick<PatientStore, 'patientRule' | 'pictureNames' | 'applyPatientRule'>,
): ImportStore {
  const writer = createWriter(database);
  return {
    patientRule: patients.patientRule,
    pictureNames: patients.pictureNames,
    applyPatientRule: patients.applyPatientRule,

    sources: () =>
      database
        .prepare('SELECT id, path FROM sources ORDER BY id')
        .all()
        .map((row) => ({ id: Number(row.id), path: String(row.path) })),

    addSource: (path, at) =>
      Number(database.prepare('INSERT INTO sources (path, added_at) VALUES (?, ?)').run(path, at).lastInsertRowid),

    knownFiles(sourceId) {
      const rows = database
        .prepare(
          `SELECT relative_path, id AS file_id, bytes, modified_at, 0 AS copy FROM files WHERE source_id = :source
           UNION ALL SELECT relative_path, file_id, bytes, modified_at, 1 FROM duplicates WHERE source_id = :source`,
        )
        .all({ source: sourceId });
      return new Map(
        rows.map((row): [string, KnownFile] => [
          String(row.relative_path),
          {
            fileId: Number(row.file_id),
            bytes: Number(row.bytes),
            modifiedAt: String(row.modified_at),
            copy: row.copy === 1,
          },
        ]),
      );
    },

    write: (entries, at) =>
      inTransaction(database, () => {
        writer.begin();
        return entries.map((entry) => writer.write(entry, at));
      }),

    imagesOfFiles(fileIds) {
      const select = database.prepare(
        'SELECT images.id, classes.name FROM images LEFT JOIN classes ON classes.id = class_id WHERE file_id = ? ORDER BY frame',
      );
      return fileIds.flatMap((fileId) =>
        select.all(fileId).map((row) => ({
          imageId: Number(row.id),
          fileId,
          className: row.name === null ? null : String(row.name),
        })),
      );
    },
  };
}

/** Statements are prepared once: an import runs them a hundred thousand times. `begin` comes first in each transaction. */
function createWriter(database: DatabaseSync) {
  const byHash = database.prepare('SELECT id, source_id, relative_path FROM files WHERE sha256 = ?');
  const byPath = database.prepare('SELECT 1 FROM files WHERE source_id = ? AND relative_path = ?');
  const touch = database.prepare('UPDATE files SET modified_at = ? WHERE id = ?');
  const addDuplicate = database.prepare(
    `INSERT INTO duplicates (source_id, relative_path, file_id, bytes, modified_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET file_id = excluded.file_id, bytes = excluded.bytes, modified_at = excluded.modified_at`,
  );
  const addFile = database.prepare(
    `INSERT INTO files (source_id, relative_path, folder, file_name, bytes, modified_at, sha256, format, transfer_syntax,
       sop_class_uid, sop_instance_uid, burned_in_annotation, warnings, imported_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addImage = database.prepare(
    `INSERT INTO images (file_id, frame, patient_id, series_id, instance_number, position, orientation, slice_position, slice_thickness,
       row_spacing, column_spacing, rows, columns, bits_stored, photometric, pixel_sha256)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const describePatient = database.prepare(
    'UPDATE patients SET sex = coalesce(sex, ?), age_years = coalesce(age_years, ?) WHERE id = ?',
  );
  const findSeries = database.prepare('SELECT id FROM series WHERE series_uid = ?');
  const addSeries = database.prepare(
    `INSERT INTO series (series_uid, study_uid, patient_id, series_number, description, modality, body_part, manufacturer, model)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addRejection = database.prepare(
    `INSERT INTO rejections (path, code, reason, at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET code = excluded.code, reason = excluded.reason, at = excluded.at`,
  );
  const dropRejection = database.prepare('DELETE FROM rejections WHERE path = ?');
  /** Ids that were looked up in this transaction: slices come by the hundred of one patient and series. */
  const patientIds = new Map<string, number>();
  const seriesIds = new Map<string, number>();
  const described = new Set<string>();

  function begin(): void {
    patientIds.clear();
    seriesIds.clear();
    described.clear();
  }

  function write(entry: ImportEntry, at: string): WrittenEntry {
    if (entry.kind === 'rejected') return reject(entry, at);
    const same = byHash.get(entry.inspected.fileSha256);
    if (same !== undefined) {
      const fileId = Number(same.id);
      const copy = same.source_id !== entry.sourceId || same.relative_path !== entry.relativePath;
      if (copy) addDuplicate.run(entry.sourceId, entry.relativePath, fileId, entry.inspected.bytes, entry.modifiedAt);
      else touch.run(entry.modifiedAt, fileId);
      dropRejection.run(entry.path);
      return { kind: 'known', fileId, copy };
    }
    if (byPath.get(entry.sourceId, entry.relativePath) !== undefined) {
      const reason = 'The file has changed since it was imported; the project keeps the image it read then.';
      return reject({ kind: 'rejected', path: entry.path, code: 'FILE_CHANGED', reason }, at);
    }
    dropRejection.run(entry.path);
    return { kind: 'imported', fileId: insert(entry, at) };
  }

  function reject({ path, code, reason }: NewRejection, at: string): WrittenEntry {
    addRejection.run(path, code, reason, at);
    return { kind: 'rejected', code, reason };
  }

  function insert(file: NewFile, at: string): number {
    const { inspected } = file;
    const burnedIn = inspected.dicom?.burnedInAnnotation ?? null;
    const { lastInsertRowid } = addFile.run(
      file.sourceId,
      file.relativePath,
      file.folder,
      file.fileName,
      inspected.bytes,
      file.modifiedAt,
      inspected.fileSha256,
      inspected.format,
      inspected.transferSyntax,
      inspected.dicom?.sopClassUid ?? null,
      inspected.dicom?.sopInstanceUid ?? null,
      burnedIn === null ? null : Number(burnedIn),
      JSON.stringify(inspected.warnings),
      at,
    );
    const fileId = Number(lastInsertRowid);
    for (const image of file.images) insertImage(fileId, file, image);
    return fileId;
  }

  function insertImage(fileId: number, { inspected }: NewFile, image: NewImage): void {
    const patientId = patientOf(image.patientKey);
    if (inspected.dicom !== null) describe(patientId, inspected.dicom);
    const place = inspected.places[image.frame]!;
    addImage.run(
      fileId,
      image.frame,
      patientId,
      seriesOf(inspected, patientId),
      inspected.dicom?.instanceNumber ?? null,
      place.position && JSON.stringify(place.position),
      place.orientation && JSON.stringify(place.orientation),
      image.slicePosition,
      place.sliceThickness,
      place.spacing?.[0] ?? null,
      place.spacing?.[1] ?? null,
      inspected.rows,
      inspected.columns,
      inspected.bitsStored,
      inspected.photometric,
      inspected.framePixelSha256[image.frame]!,
    );
  }

  function patientOf(key: string): number {
    const id = patientIds.get(key) ?? ensurePatient(database, key);
    patientIds.set(key, id);
    return id;
  }

  function describe(patientId: number, { sex, ageYears }: DicomFacts): void {
    const facts = `${patientId} ${sex} ${ageYears}`;
    if (!described.has(facts)) describePatient.run(sex, ageYears, patientId);
    described.add(facts);
  }

  /** Null for plain pictures and for DICOM files without a series. */
  function seriesOf({ dicom }: NewFile['inspected'], patientId: number): number | null {
    if (dicom === null || dicom.seriesUid === null) return null;
    const known = seriesIds.get(dicom.seriesUid) ?? findSeries.get(dicom.seriesUid)?.id;
    if (known !== undefined) {
      seriesIds.set(dicom.seriesUid, Number(known));
      return Number(known);
    }
    const { lastInsertRowid } = addSeries.run(
      dicom.seriesUid,
      dicom.studyUid,
      patientId,
      dicom.seriesNumber,
      dicom.seriesDescription,
      dicom.modality,
      dicom.bodyPart,
      dicom.manufacturer,
      dicom.model,
    );
    return Number(lastInsertRowid);
  }

  return { begin, write };
}

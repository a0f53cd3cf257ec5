import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { imageDetailSchema, type Folder, type ImageDetail } from '../../src-shared/contract/library.ts';
import { readFolders } from './folders.ts';
import { otherPlanesLast } from '../library/index.ts';
import { createImageQueries, imageColumns, readImageRow } from './imageQuery.ts';
import { createPatientTree } from './patientTree.ts';
import { joinSource } from './sourcePath.ts';

/** Enough to read one image's pixels and to notice when they are no longer those that were imported. */
export interface ImageFile {
  path: string;
  frame: number;
  fileSha256: string;
}

/** What is in the library, as the interface and the command line ask for it. */
export function createCatalogue(database: DatabaseSync) {
  const count = (sql: string) => Number(database.prepare(sql).get()?.n);

  return {
    ...createImageQueries(database),
    ...createPatientTree(database),

    counts() {
      return {
        images: count('SELECT count(*) AS n FROM image_facts'),
        patients: count('SELECT count(DISTINCT group_id) AS n FROM image_facts'),
        labelled: count('SELECT count(*) AS n FROM image_facts WHERE class_id IS NOT NULL'),
        rejected: count('SELECT count(*) AS n FROM rejections'),
        excluded: count('SELECT count(*) AS n FROM image_facts WHERE excluded = 1'),
      };
    },

    folders: (): Folder[] => readFolders(database),

    image(id: number): ImageDetail {
      const row = database
        .prepare(
          `SELECT ${imageColumns}, NULL AS reading, sources.path AS source, files.relative_path AS relativePath, files.sha256 AS fileSha256,
             images.pixel_sha256 AS pixelSha256, facts.modality, files.transfer_syntax AS transferSyntax, images.bits_stored AS bitsStored,
             images.slice_thickness AS sliceThickness, facts.scanner AS manufacturer
           FROM image_facts AS facts JOIN images ON images.id = facts.image_id JOIN files ON files.id = images.file_id
           JOIN sources ON sources.id = files.source_id WHERE facts.image_id = ?`,
        )
        .get(id);
      if (!row) throw noImage(id);
      const labels = database
        .prepare(
          `SELECT class_id AS classId, classes.name AS className, origin, label_history.author, label_history.at,
             CASE WHEN label_acts.kind IN ('adjudicate', 'import', 'undo', 'redo') THEN label_acts.kind END AS act
           FROM label_history LEFT JOIN classes ON classes.id = class_id
           LEFT JOIN label_acts ON label_acts.id = label_history.act_id WHERE image_id = ? ORDER BY label_history.id`,
        )
        .all(id);
      return imageDetailSchema.parse({ ...readImageRow(row), labels });
    },

    imageFile(id: number): ImageFile {
      const row = database
        .prepare(
          `SELECT sources.path AS source, files.relative_path, images.frame, files.sha256 FROM images
           JOIN files ON files.id = images.file_id JOIN sources ON sources.id = files.source_id WHERE images.id = ?`,
        )
        .get(id);
      if (!row) throw noImage(id);
      return {
        path: joinSource(String(row.source), String(row.relative_path)),
        frame: Number(row.frame),
        fileSha256: String(row.sha256),
      };
    },

    /** The images to scroll through around one: its DICOM series by position along the normal (scouts last), else the pictures of its patient. */
    stack(imageId: number) {
      const own = database.prepare('SELECT series_id, patient_id FROM images WHERE id = ?').get(imageId);
      if (!own) throw noImage(imageId);
      const [column, value] =
        own.series_id === null ? (['patient_id', own.patient_id] as const) : (['series_id', own.series_id] as const);
      const rows = database
        .prepare(
          `SELECT images.id, files.file_name AS fileName, images.slice_position AS position, images.orientation
           FROM images JOIN files ON files.id = images.file_id
           WHERE images.${column} = ? ORDER BY images.slice_position, images.instance_number, images.frame, files.file_name`,
        )
        .all(value as SQLInputValue);
      const slices = otherPlanesLast(
        rows.map((row) => ({
          image: { id: Number(row.id), fileName: String(row.fileName) },
          position: row.position === null ? null : Number(row.position),
          orientation: row.orientation === null ? null : String(row.orientation),
        })),
      );
      const images = slices.map(({ image }) => image);
      return {
        images,
        places: slices.map(({ position, orientation }) => ({ position, orientation })),
        index: images.findIndex((image) => image.id === imageId),
        kind: own.series_id === null ? ('patient' as const) : ('series' as const),
      };
    },
  };
}

function noImage(id: number): ExpectedError {
  return new ExpectedError({
    code: 'NOT_FOUND',
    message: `There is no image ${id} in this project.`,
    remedy: 'Reload the list.',
  });
}

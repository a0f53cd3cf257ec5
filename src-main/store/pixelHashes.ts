import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from './database.ts';
import { joinSource } from './sourcePath.ts';

/** An image whose stored values have no hash yet, and where they are read from. */
export interface UnhashedImage {
  imageId: number;
  path: string;
  frame: number;
  fileSha256: string;
}

/** Hashes of the stored values, where an import has left them for later. */
export function createPixelHashStore(database: DatabaseSync) {
  return {
    /** Those of these images, or of all, that have none. */
    missing(imageIds: readonly number[] | null): UnhashedImage[] {
      const wanted = imageIds === null ? null : new Set(imageIds);
      return database
        .prepare(
          `SELECT images.id, sources.path AS source, files.relative_path, images.frame, files.sha256 FROM images
           JOIN files ON files.id = images.file_id JOIN sources ON sources.id = files.source_id
           WHERE images.pixel_sha256 IS NULL ORDER BY images.id`,
        )
        .all()
        .map((row) => ({
          imageId: Number(row.id),
          path: joinSource(String(row.source), String(row.relative_path)),
          frame: Number(row.frame),
          fileSha256: String(row.sha256),
        }))
        .filter(({ imageId }) => wanted?.has(imageId) ?? true);
    },

    add(hashes: readonly { imageId: number; pixelSha256: string }[]): void {
      inTransaction(database, () => addPixelHashes(database, hashes));
    },
  };
}

/** Call inside a transaction. A hash that is there is never replaced: it is of the file that was imported. */
export function addPixelHashes(
  database: DatabaseSync,
  hashes: readonly { imageId: number; pixelSha256: string | null }[],
): void {
  const update = database.prepare('UPDATE images SET pixel_sha256 = ? WHERE id = ? AND pixel_sha256 IS NULL');
  for (const { imageId, pixelSha256 } of hashes) if (pixelSha256 !== null) update.run(pixelSha256, imageId);
}

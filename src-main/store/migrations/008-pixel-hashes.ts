/** The hash of an image's stored values may come later than the image: an import leaves it to the check where nothing has to be decoded. */
export const pixelHashes = `
DROP INDEX images_pixels;
ALTER TABLE images RENAME COLUMN pixel_sha256 TO earlier_pixel_sha256;
-- Null until the check, or whoever needs it first, has made it.
ALTER TABLE images ADD COLUMN pixel_sha256 TEXT;
UPDATE images SET pixel_sha256 = earlier_pixel_sha256;
ALTER TABLE images DROP COLUMN earlier_pixel_sha256;
CREATE INDEX images_pixels ON images (pixel_sha256) WHERE pixel_sha256 IS NOT NULL;
CREATE INDEX images_without_pixels ON images (id) WHERE pixel_sha256 IS NULL;
CREATE INDEX facts_bytes ON image_facts (bytes, image_id);
`;

/** Measurements and key images of the viewer. Points are a JSON array of [column, row] in pixels of the image. */
export const viewer = `
CREATE TABLE measurements (
  id TEXT PRIMARY KEY,
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('length', 'angle', 'bidirectional', 'ellipse', 'rectangle', 'probe')),
  points TEXT NOT NULL,
  author TEXT NOT NULL,
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX measurements_image ON measurements (image_id);

CREATE TABLE key_images (
  image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
  author TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
`;

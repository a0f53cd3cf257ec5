/** Times are ISO 8601 UTC text; booleans are 0 or 1; JSON columns hold documents whose schemas are in src-shared/contract. */
export const initial = `
CREATE TABLE project (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  software_version TEXT NOT NULL,
  -- Rule that gives plain pictures their patient; null until the first import of one.
  patient_rule TEXT
) STRICT;

CREATE TABLE classes (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  color TEXT NOT NULL,
  positive INTEGER NOT NULL DEFAULT 0 CHECK (positive IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX one_positive_class ON classes (positive) WHERE positive = 1;

CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  added_at TEXT NOT NULL
) STRICT;

CREATE TABLE patients (
  id INTEGER PRIMARY KEY,
  -- The hospital's or the rule's own identifier: never leaves the project folder.
  key TEXT NOT NULL UNIQUE,
  pseudonym TEXT NOT NULL UNIQUE,
  sex TEXT,
  age_years REAL
) STRICT;
-- The next pseudonym is one more than the greatest.
CREATE INDEX patients_number ON patients (CAST(substr(pseudonym, 2) AS INTEGER));

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  series_uid TEXT NOT NULL UNIQUE,
  study_uid TEXT,
  patient_id INTEGER NOT NULL REFERENCES patients (id),
  series_number INTEGER,
  description TEXT,
  modality TEXT,
  body_part TEXT,
  manufacturer TEXT,
  model TEXT
) STRICT;
CREATE INDEX series_patient ON series (patient_id);

CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES sources (id),
  -- Path below the source, '/' between names.
  relative_path TEXT NOT NULL,
  -- Folder part of relative_path, '' for the source itself.
  folder TEXT NOT NULL,
  file_name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  modified_at TEXT NOT NULL,
  sha256 TEXT NOT NULL UNIQUE,
  format TEXT NOT NULL,
  transfer_syntax TEXT,
  sop_class_uid TEXT,
  sop_instance_uid TEXT,
  burned_in_annotation INTEGER CHECK (burned_in_annotation IN (0, 1)),
  -- JSON array of what was odd in the file and how it was read.
  warnings TEXT NOT NULL,
  imported_at TEXT NOT NULL,
  UNIQUE (source_id, relative_path)
) STRICT;
CREATE INDEX files_folder ON files (source_id, folder);

-- A file whose bytes are in the project already, kept so that it is not read again.
CREATE TABLE duplicates (
  source_id INTEGER NOT NULL REFERENCES sources (id),
  relative_path TEXT NOT NULL,
  file_id INTEGER NOT NULL REFERENCES files (id),
  bytes INTEGER NOT NULL,
  modified_at TEXT NOT NULL,
  PRIMARY KEY (source_id, relative_path)
) STRICT, WITHOUT ROWID;

CREATE TABLE rejections (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;

CREATE TABLE images (
  id INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL REFERENCES files (id),
  frame INTEGER NOT NULL,
  patient_id INTEGER NOT NULL REFERENCES patients (id),
  series_id INTEGER REFERENCES series (id),
  instance_number INTEGER,
  -- Image Position (Patient), Image Orientation (Patient): JSON arrays of 3 and 6 numbers, millimetres and direction cosines.
  position TEXT,
  orientation TEXT,
  -- Millimetres along the normal of the slice.
  slice_position REAL,
  slice_thickness REAL,
  row_spacing REAL,
  column_spacing REAL,
  rows INTEGER NOT NULL,
  columns INTEGER NOT NULL,
  bits_stored INTEGER,
  photometric TEXT,
  pixel_sha256 TEXT NOT NULL,
  -- Label in force: the last entry of label_history, kept here for filters.
  class_id INTEGER REFERENCES classes (id),
  UNIQUE (file_id, frame)
) STRICT;
CREATE INDEX images_patient ON images (patient_id);
CREATE INDEX images_class ON images (class_id);
CREATE INDEX images_series ON images (series_id, slice_position);
CREATE INDEX images_pixels ON images (pixel_sha256);

CREATE TABLE label_history (
  id INTEGER PRIMARY KEY,
  image_id INTEGER NOT NULL REFERENCES images (id),
  class_id INTEGER REFERENCES classes (id),
  origin TEXT NOT NULL CHECK (origin IN ('folder', 'reader', 'import')),
  author TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX label_history_image ON label_history (image_id);
CREATE TRIGGER label_history_no_update BEFORE UPDATE ON label_history BEGIN SELECT RAISE(ABORT, 'label history is append-only'); END;
CREATE TRIGGER label_history_no_delete BEFORE DELETE ON label_history BEGIN SELECT RAISE(ABORT, 'label history is append-only'); END;

CREATE TABLE splits (
  id INTEGER PRIMARY KEY,
  method TEXT NOT NULL CHECK (method IN ('ratio', 'files', 'import')),
  ratio TEXT,
  seed INTEGER,
  author TEXT NOT NULL,
  created_at TEXT NOT NULL,
  -- Null while in force; set when a later split, an import or a new patient rule replaced it.
  ended_at TEXT
) STRICT;

-- Sets are given to patients; an official list may split a patient, which is then a finding, so the row is the image.
CREATE TABLE split_images (
  split_id INTEGER NOT NULL REFERENCES splits (id),
  image_id INTEGER NOT NULL REFERENCES images (id),
  set_name TEXT NOT NULL CHECK (set_name IN ('training', 'validation', 'test')),
  PRIMARY KEY (split_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX split_images_set ON split_images (split_id, set_name);

CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  document TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('preparing', 'training', 'finished', 'cancelled', 'failed', 'interrupted')),
  created_at TEXT NOT NULL,
  ended_at TEXT,
  configuration TEXT NOT NULL,
  snapshot_id INTEGER REFERENCES snapshots (id),
  backend TEXT,
  card TEXT,
  peak_memory_bytes INTEGER,
  failure TEXT
) STRICT;

CREATE TABLE epochs (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (run_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE predictions (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES images (id),
  set_name TEXT NOT NULL,
  label_class_id INTEGER NOT NULL REFERENCES classes (id),
  -- Probability of the positive class.
  probability REAL NOT NULL,
  -- Probabilities of all classes, JSON array in the order of the model card.
  probabilities TEXT NOT NULL,
  PRIMARY KEY (run_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX predictions_set ON predictions (run_id, set_name, probability);

CREATE TABLE evaluations (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  set_name TEXT NOT NULL,
  at TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (run_id, set_name)
) STRICT, WITHOUT ROWID;

-- run_id is no foreign key: that the test set was opened stays on record when the run is deleted.
CREATE TABLE test_openings (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL,
  opened_by TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE TRIGGER test_openings_no_update BEFORE UPDATE ON test_openings BEGIN SELECT RAISE(ABORT, 'openings of the test set are append-only'); END;
CREATE TRIGGER test_openings_no_delete BEFORE DELETE ON test_openings BEGIN SELECT RAISE(ABORT, 'openings of the test set are append-only'); END;

CREATE TABLE reports (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  runs TEXT NOT NULL,
  files TEXT NOT NULL
) STRICT;
`;

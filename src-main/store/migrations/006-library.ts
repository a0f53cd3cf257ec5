/**
 * Search at the size of a department, near-duplicates, findings with their decisions, exclusions, patients put together, the lock of the
 * test set, folds, and changes within a split. Histories are append-only by trigger.
 */
const appendOnly = (table: string, words: string): string => `
CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${words} append-only'); END;
CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${words} append-only'); END;`;

const factsSelect = `
SELECT images.id, files.source_id, files.folder, files.file_name, images.frame, files.format, files.bytes, images.rows, images.columns,
  images.patient_id, images.patient_id, patients.pseudonym, images.series_id, images.slice_position, images.slice_thickness,
  series.modality, nullif(trim(coalesce(series.manufacturer, '') || ' ' || coalesce(series.model, '')), ''), images.class_id, 0, 0, 0,
  lower(files.folder || '/' || files.file_name || char(10) || patients.pseudonym || char(10) || coalesce(series.description, '') || char(10) || coalesce(series.manufacturer || ' ' || series.model, ''))
FROM images JOIN files ON files.id = images.file_id JOIN patients ON patients.id = images.patient_id LEFT JOIN series ON series.id = images.series_id`;

const factsColumns = `image_id, source_id, folder, file_name, frame, format, bytes, rows, columns, patient_id, group_id, pseudonym, series_id,
  slice_position, slice_thickness, modality, scanner, class_id, excluded, duplicate, finding, search_text`;

export const libraryAtScale = `
-- One flat row per image for search, filters and order, kept in step by the triggers below and by the splits.
CREATE TABLE image_facts (
  image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
  source_id INTEGER NOT NULL,
  folder TEXT NOT NULL,
  file_name TEXT NOT NULL,
  frame INTEGER NOT NULL,
  format TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  columns INTEGER NOT NULL,
  patient_id INTEGER NOT NULL,
  -- Least patient id of the patients that were put together with this one: never in two sets.
  group_id INTEGER NOT NULL,
  pseudonym TEXT NOT NULL,
  series_id INTEGER,
  slice_position REAL,
  slice_thickness REAL,
  modality TEXT,
  -- Manufacturer and model.
  scanner TEXT,
  class_id INTEGER,
  -- Set in the split in force.
  set_name TEXT,
  fold INTEGER,
  excluded INTEGER NOT NULL DEFAULT 0,
  -- 1 when another image shows the same, by pixels or nearly, or the file was met a second time.
  duplicate INTEGER NOT NULL DEFAULT 0,
  -- 1 when an open finding concerns the image.
  finding INTEGER NOT NULL DEFAULT 0,
  -- Lower case; what the search box looks through.
  search_text TEXT NOT NULL
) STRICT;
INSERT INTO image_facts (${factsColumns}) ${factsSelect};
UPDATE image_facts SET set_name = (SELECT set_name FROM split_images WHERE image_id = image_facts.image_id
  AND split_id = (SELECT id FROM splits WHERE ended_at IS NULL));

-- Each order of the grid, complete, so that a page is read off the index.
CREATE INDEX facts_name ON image_facts (source_id, folder, file_name, frame, image_id);
CREATE INDEX facts_patient ON image_facts (pseudonym, series_id, slice_position, file_name, image_id);
CREATE INDEX facts_class ON image_facts (class_id, file_name, image_id);
CREATE INDEX facts_set ON image_facts (set_name, file_name, image_id);
CREATE INDEX facts_size ON image_facts (rows * columns, image_id);
CREATE INDEX facts_thickness ON image_facts (slice_thickness, image_id);
CREATE INDEX facts_scanner ON image_facts (scanner, image_id);
CREATE INDEX facts_format ON image_facts (format, image_id);
CREATE INDEX facts_group ON image_facts (group_id, set_name);
CREATE INDEX facts_patient_id ON image_facts (patient_id, image_id);
-- What the summary counts, without touching the rows.
CREATE INDEX facts_counts ON image_facts (class_id, group_id);
CREATE INDEX facts_sets ON image_facts (set_name, excluded, class_id, group_id);
CREATE INDEX facts_folders ON image_facts (source_id, folder, class_id);
CREATE INDEX facts_finding ON image_facts (image_id) WHERE finding = 1;
CREATE INDEX facts_duplicate ON image_facts (image_id) WHERE duplicate = 1;
CREATE INDEX facts_excluded ON image_facts (image_id) WHERE excluded = 1;
CREATE INDEX facts_modality ON image_facts (modality);

CREATE TRIGGER facts_of_new_image AFTER INSERT ON images BEGIN
  INSERT INTO image_facts (${factsColumns}) ${factsSelect} WHERE images.id = new.id;
END;
CREATE TRIGGER facts_of_label AFTER UPDATE OF class_id ON images BEGIN
  UPDATE image_facts SET class_id = new.class_id WHERE image_id = new.id;
END;
CREATE TRIGGER facts_of_patient AFTER UPDATE OF patient_id ON images BEGIN
  UPDATE image_facts SET patient_id = new.patient_id, group_id = new.patient_id,
    pseudonym = (SELECT pseudonym FROM patients WHERE id = new.patient_id) WHERE image_id = new.id;
END;
CREATE TRIGGER facts_of_place AFTER UPDATE OF series_id, slice_position, slice_thickness ON images BEGIN
  UPDATE image_facts SET series_id = new.series_id, slice_position = new.slice_position, slice_thickness = new.slice_thickness WHERE image_id = new.id;
END;
CREATE TRIGGER facts_of_series AFTER UPDATE OF modality, manufacturer, model ON series BEGIN
  UPDATE image_facts SET modality = new.modality, scanner = nullif(trim(coalesce(new.manufacturer, '') || ' ' || coalesce(new.model, '')), '')
  WHERE image_id IN (SELECT id FROM images WHERE series_id = new.id);
END;
CREATE TRIGGER facts_of_file AFTER UPDATE OF source_id, folder, file_name, format, bytes ON files BEGIN
  UPDATE image_facts SET source_id = new.source_id, folder = new.folder, file_name = new.file_name, format = new.format, bytes = new.bytes
  WHERE image_id IN (SELECT id FROM images WHERE file_id = new.id);
END;

-- Made by a job after the import. The blobs stand last, so that the numbers are read without them.
CREATE TABLE image_measures (
  image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
  -- Share (0 … 1) of pixels in the outer 12 % of the picture with a hard edge: burnt-in letters, arrows, rulers.
  border_text REAL NOT NULL,
  -- Mean gray (0 … 255) of that ring, and of the whole picture, in the default window.
  border_gray REAL NOT NULL,
  mean_gray REAL NOT NULL,
  -- The file's own first window; null without one.
  window_level REAL,
  window_width REAL,
  -- 1 once it was compared with all others.
  compared INTEGER NOT NULL DEFAULT 0,
  -- Perceptual hashes of the picture and its variants, 8 bytes each.
  hash BLOB NOT NULL,
  -- 64×64 gray bytes.
  gray BLOB NOT NULL
) STRICT;
CREATE INDEX measures_uncompared ON image_measures (image_id) WHERE compared = 0;

-- Pairs that show nearly the same, whatever set or patient they have; first < second.
CREATE TABLE near_duplicates (
  first INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  second INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  similarity REAL NOT NULL,
  mirrored INTEGER NOT NULL CHECK (mirrored IN (0, 1)),
  -- 0 for the closest of the pictures that are similar and no more.
  duplicate INTEGER NOT NULL CHECK (duplicate IN (0, 1)),
  PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;
CREATE INDEX near_duplicates_second ON near_duplicates (second);

-- A file met a second time may have been given another set there.
ALTER TABLE duplicates ADD COLUMN set_name TEXT;

-- What is wrong in one case: a patient, a pair, an attribute. Never deleted; gone_at says since when it is no more.
CREATE TABLE finding_cases (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  -- Cases of one kind and pair of sets make one finding.
  finding TEXT NOT NULL,
  code TEXT NOT NULL,
  sets TEXT NOT NULL,
  detail TEXT NOT NULL,
  found_at TEXT NOT NULL,
  gone_at TEXT
) STRICT;
CREATE INDEX finding_cases_present ON finding_cases (finding) WHERE gone_at IS NULL;
CREATE TABLE finding_images (
  case_id INTEGER NOT NULL REFERENCES finding_cases (id),
  image_id INTEGER NOT NULL,
  PRIMARY KEY (case_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_images_image ON finding_images (image_id);
CREATE TABLE finding_decisions (
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES finding_cases (id),
  kind TEXT NOT NULL CHECK (kind IN ('accepted', 'reopened', 'excluded', 'grouped', 'moved')),
  reason TEXT NOT NULL,
  author TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX finding_decisions_case ON finding_decisions (case_id);
${appendOnly('finding_decisions', 'decisions on findings are')}

-- Tests of class against what is no disease; replaced as a whole each time.
CREATE TABLE shortcut_tests (
  attribute TEXT PRIMARY KEY,
  document TEXT NOT NULL
) STRICT;
-- What the last check looked at, so that a later one knows whether anything changed.
CREATE TABLE checks (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  at TEXT NOT NULL,
  stamp TEXT NOT NULL
) STRICT;

UPDATE image_facts SET excluded = 1 WHERE image_id IN (SELECT image_id FROM excluded_images);
CREATE TRIGGER facts_of_exclusion AFTER INSERT ON exclusion_history BEGIN
  UPDATE image_facts SET excluded = new.excluded WHERE image_id = new.image_id;
END;

-- Two images that a person says are of one patient, or says so no longer.
CREATE TABLE patient_links (
  id INTEGER PRIMARY KEY,
  first INTEGER NOT NULL REFERENCES images (id),
  second INTEGER NOT NULL REFERENCES images (id),
  linked INTEGER NOT NULL CHECK (linked IN (0, 1)),
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
${appendOnly('patient_links', 'links between patients are')}

-- What the method alone does not say.
ALTER TABLE splits ADD COLUMN scheme TEXT;
ALTER TABLE splits ADD COLUMN folds INTEGER;
ALTER TABLE splits ADD COLUMN fold INTEGER;
ALTER TABLE splits ADD COLUMN reason TEXT;
ALTER TABLE split_images ADD COLUMN fold INTEGER;
-- Images moved after the split was made.
CREATE TABLE split_changes (
  id INTEGER PRIMARY KEY,
  split_id INTEGER NOT NULL REFERENCES splits (id),
  image_id INTEGER NOT NULL REFERENCES images (id),
  from_set TEXT,
  to_set TEXT,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX split_changes_split ON split_changes (split_id);
${appendOnly('split_changes', 'changes of a split are')}

-- The test set is locked by its first opening, or on purpose; unlocking is an act with a name and a reason.
CREATE TABLE test_locks (
  id INTEGER PRIMARY KEY,
  locked INTEGER NOT NULL CHECK (locked IN (0, 1)),
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
${appendOnly('test_locks', 'locks of the test set are')}
INSERT INTO test_locks (locked, author, reason, at)
  SELECT 1, opened_by, 'Opened for ' || run_id || '.', at FROM test_openings ORDER BY id LIMIT 1;
CREATE TRIGGER test_opening_locks AFTER INSERT ON test_openings BEGIN
  INSERT INTO test_locks (locked, author, reason, at) VALUES (1, new.opened_by, 'Opened for ' || new.run_id || '.', new.at);
END;

CREATE TABLE saved_filters (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  filter TEXT NOT NULL
) STRICT;
`;

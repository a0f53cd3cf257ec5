/** Readers, their verdicts on predictions, and images left out of later runs. All histories are append-only. */
export const reviews = `
CREATE TABLE readers (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  added_at TEXT NOT NULL
) STRICT;

-- run_id is no foreign key: what readers said stays on record when the run is deleted.
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL,
  set_name TEXT NOT NULL,
  image_id INTEGER NOT NULL REFERENCES images (id),
  reader_id INTEGER NOT NULL REFERENCES readers (id),
  role TEXT NOT NULL CHECK (role IN ('reader', 'adjudicator')),
  verdict TEXT NOT NULL CHECK (verdict IN ('agree', 'disagree', 'unsure', 'relabel', 'exclude', 'withdrawn', 'comment')),
  -- What the verdict says of the image itself.
  answer TEXT CHECK (answer IN ('positive', 'negative', 'unsure', 'excluded')),
  class_id INTEGER REFERENCES classes (id),
  comment TEXT NOT NULL,
  blinded INTEGER NOT NULL CHECK (blinded IN (0, 1)),
  seconds REAL,
  -- The prediction and the operating point that were answered.
  probability REAL NOT NULL,
  threshold REAL NOT NULL,
  -- Label in force before a relabelling, so that it can be undone.
  label_before INTEGER REFERENCES classes (id),
  -- The entry that this one takes back.
  undoes INTEGER UNIQUE REFERENCES reviews (id),
  at TEXT NOT NULL
) STRICT;
CREATE INDEX reviews_image ON reviews (run_id, image_id);
CREATE INDEX reviews_reader ON reviews (reader_id, run_id, role);
CREATE TRIGGER reviews_no_update BEFORE UPDATE ON reviews BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END;
CREATE TRIGGER reviews_no_delete BEFORE DELETE ON reviews BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END;

-- The review in force per reader, kept at hand for lists and agreement: always what the last entries of reviews say.
CREATE TABLE review_states (
  run_id TEXT NOT NULL,
  image_id INTEGER NOT NULL REFERENCES images (id),
  role TEXT NOT NULL,
  reader_id INTEGER NOT NULL REFERENCES readers (id),
  set_name TEXT NOT NULL,
  review_id INTEGER NOT NULL REFERENCES reviews (id),
  verdict TEXT,
  answer TEXT,
  class_id INTEGER REFERENCES classes (id),
  comment TEXT NOT NULL,
  blinded INTEGER NOT NULL,
  seconds REAL,
  at TEXT NOT NULL,
  PRIMARY KEY (run_id, image_id, role, reader_id)
) STRICT, WITHOUT ROWID;

-- Who looked at which predictions in which way, and the seed of a random order.
CREATE TABLE reading_sessions (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL,
  set_name TEXT NOT NULL,
  reader_id INTEGER NOT NULL REFERENCES readers (id),
  blinded INTEGER NOT NULL CHECK (blinded IN (0, 1)),
  seed INTEGER,
  at TEXT NOT NULL,
  UNIQUE (run_id, set_name, reader_id, blinded)
) STRICT;
CREATE TRIGGER reading_sessions_no_update BEFORE UPDATE ON reading_sessions BEGIN SELECT RAISE(ABORT, 'reading sessions are append-only'); END;
CREATE TRIGGER reading_sessions_no_delete BEFORE DELETE ON reading_sessions BEGIN SELECT RAISE(ABORT, 'reading sessions are append-only'); END;

-- The last entry of an image says whether later runs leave it out.
CREATE TABLE exclusion_history (
  id INTEGER PRIMARY KEY,
  image_id INTEGER NOT NULL REFERENCES images (id),
  excluded INTEGER NOT NULL CHECK (excluded IN (0, 1)),
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX exclusion_history_image ON exclusion_history (image_id, id);
CREATE VIEW excluded_images AS
  SELECT image_id, author, reason, at FROM exclusion_history AS entry
  WHERE excluded = 1 AND id = (SELECT max(id) FROM exclusion_history WHERE image_id = entry.image_id);
CREATE TRIGGER exclusion_history_no_update BEFORE UPDATE ON exclusion_history BEGIN SELECT RAISE(ABORT, 'exclusions are append-only'); END;
CREATE TRIGGER exclusion_history_no_delete BEFORE DELETE ON exclusion_history BEGIN SELECT RAISE(ABORT, 'exclusions are append-only'); END;
`;

/** Keys of classes, what was done with labels (the stack of undo), readers' own labels and third decisions. Histories are append-only. */
const appendOnly = (table: string, words: string): string => `
CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${words} append-only'); END;
CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${words} append-only'); END;`;

export const labelling = `
ALTER TABLE classes ADD COLUMN key TEXT;

-- What one key, click or table changed. Undo and redo are acts too and name the act that they take back or bring back.
CREATE TABLE label_acts (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('label', 'exclude', 'read', 'adjudicate', 'import', 'undo', 'redo')),
  author TEXT NOT NULL COLLATE NOCASE,
  words TEXT NOT NULL,
  act_id INTEGER REFERENCES label_acts (id),
  at TEXT NOT NULL,
  CHECK ((kind IN ('undo', 'redo')) = (act_id IS NOT NULL))
) STRICT;
CREATE INDEX label_acts_author ON label_acts (author, id);
CREATE INDEX label_acts_taken ON label_acts (act_id, id) WHERE act_id IS NOT NULL;
${appendOnly('label_acts', 'acts of labelling are')}

-- Before and after: ids of classes; of an exclusion 1 for excluded. reader_id: whose own label it is.
CREATE TABLE label_act_images (
  act_id INTEGER NOT NULL REFERENCES label_acts (id),
  what TEXT NOT NULL CHECK (what IN ('label', 'exclusion', 'reading', 'decision')),
  image_id INTEGER NOT NULL REFERENCES images (id),
  reader_id INTEGER REFERENCES readers (id),
  before INTEGER,
  after INTEGER,
  PRIMARY KEY (act_id, what, image_id)
) STRICT, WITHOUT ROWID;
${appendOnly('label_act_images', 'acts of labelling are')}

ALTER TABLE label_history ADD COLUMN act_id INTEGER REFERENCES label_acts (id);

-- What a reader says of an image, kept apart from the reference label; class null: taken back.
CREATE TABLE reader_labels (
  id INTEGER PRIMARY KEY,
  image_id INTEGER NOT NULL REFERENCES images (id),
  reader_id INTEGER NOT NULL REFERENCES readers (id),
  class_id INTEGER REFERENCES classes (id),
  act_id INTEGER NOT NULL REFERENCES label_acts (id),
  at TEXT NOT NULL
) STRICT;
CREATE INDEX reader_labels_image ON reader_labels (image_id);
${appendOnly('reader_labels', "readers'' labels are")}
-- The last of them for each reader and image, kept in step by the trigger.
CREATE TABLE reader_label_states (
  image_id INTEGER NOT NULL REFERENCES images (id),
  reader_id INTEGER NOT NULL REFERENCES readers (id),
  class_id INTEGER REFERENCES classes (id),
  at TEXT NOT NULL,
  PRIMARY KEY (image_id, reader_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reader_label_states_reader ON reader_label_states (reader_id, image_id);
CREATE TRIGGER reader_label_in_force AFTER INSERT ON reader_labels BEGIN
  INSERT OR REPLACE INTO reader_label_states (image_id, reader_id, class_id, at)
  VALUES (new.image_id, new.reader_id, new.class_id, new.at);
END;

-- Third decisions where readers differ; class null: taken back.
CREATE TABLE adjudications (
  id INTEGER PRIMARY KEY,
  image_id INTEGER NOT NULL REFERENCES images (id),
  class_id INTEGER REFERENCES classes (id),
  author TEXT NOT NULL,
  act_id INTEGER NOT NULL REFERENCES label_acts (id),
  at TEXT NOT NULL
) STRICT;
CREATE INDEX adjudications_image ON adjudications (image_id, id);
${appendOnly('adjudications', 'third decisions are')}

CREATE INDEX review_states_image ON review_states (image_id);
`;

/** Remarks on runs, and the history of the model in use. */
export const runRecords = `
CREATE TABLE run_remarks (
  run_id TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  -- Version that started the run; null where a run of an earlier version was remarked upon later.
  software_version TEXT,
  note TEXT NOT NULL DEFAULT '',
  archived_at TEXT
) STRICT;

CREATE TABLE run_tags (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;

-- run_id is no foreign key: which model was in use when stays on record when the run is deleted.
CREATE TABLE model_in_use (
  id INTEGER PRIMARY KEY,
  -- Null: from then on no model is in use.
  run_id TEXT,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  tested INTEGER NOT NULL CHECK (tested IN (0, 1)),
  at TEXT NOT NULL
) STRICT;
CREATE TRIGGER model_in_use_no_update BEFORE UPDATE ON model_in_use BEGIN SELECT RAISE(ABORT, 'the history of the model in use is append-only'); END;
CREATE TRIGGER model_in_use_no_delete BEFORE DELETE ON model_in_use BEGIN SELECT RAISE(ABORT, 'the history of the model in use is append-only'); END;
`;

/** Hyperparameter searches, their trials and what those reported. */
export const search = `
CREATE TABLE searches (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  created_at TEXT NOT NULL,
  ended_at TEXT,
  request TEXT NOT NULL,
  snapshot_id INTEGER NOT NULL REFERENCES snapshots (id),
  -- Seconds under way; pauses do not count.
  spent_seconds REAL NOT NULL DEFAULT 0,
  failure TEXT
) STRICT;

CREATE TABLE trials (
  search_id TEXT NOT NULL REFERENCES searches (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  -- Values that were drawn, and the whole configuration with them.
  choice TEXT NOT NULL,
  configuration TEXT NOT NULL,
  target_epoch INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  started_at TEXT,
  ended_at TEXT,
  failure TEXT,
  -- The run that was made of it. No reference: the run may be deleted, what was chosen stays on record.
  run_id TEXT,
  PRIMARY KEY (search_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE trial_epochs (
  search_id TEXT NOT NULL,
  trial INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (search_id, trial, epoch),
  FOREIGN KEY (search_id, trial) REFERENCES trials (search_id, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX trials_of_run ON trials (run_id);
`;

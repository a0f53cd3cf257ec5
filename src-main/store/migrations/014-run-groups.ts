/** Runs of one configuration over seeds or folds. */
export const runGroups = `
CREATE TABLE run_groups (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  created_at TEXT NOT NULL,
  configuration TEXT NOT NULL
) STRICT;

-- No reference to runs: a run may be deleted, that it was part of the group stays on record.
CREATE TABLE run_group_members (
  group_id TEXT NOT NULL REFERENCES run_groups (id) ON DELETE CASCADE,
  run_id TEXT NOT NULL,
  seed INTEGER NOT NULL,
  fold INTEGER,
  PRIMARY KEY (group_id, run_id)
) STRICT, WITHOUT ROWID;
`;

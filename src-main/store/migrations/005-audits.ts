/** The last shortcut audit of a run on a set. */
export const audits = `
CREATE TABLE audits (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  set_name TEXT NOT NULL,
  at TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (run_id, set_name)
) STRICT, WITHOUT ROWID;
`;

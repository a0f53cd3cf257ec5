/** Operating points as they were frozen. run_id is no foreign key: what was frozen stays on record when the run is deleted. */
export const operatingPoints = `
CREATE TABLE operating_points (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL,
  threshold REAL NOT NULL,
  rule TEXT NOT NULL,
  chosen_on TEXT NOT NULL CHECK (chosen_on IN ('validation', 'none', 'same')),
  frozen_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX operating_points_run ON operating_points (run_id, id);
CREATE TRIGGER operating_points_no_update BEFORE UPDATE ON operating_points BEGIN SELECT RAISE(ABORT, 'frozen operating points are append-only'); END;
CREATE TRIGGER operating_points_no_delete BEFORE DELETE ON operating_points BEGIN SELECT RAISE(ABORT, 'frozen operating points are append-only'); END;
`;

/** Runs that wait or are paused, in which order they come, on which images each is trained, and what happened to it. */
export const runQueue = `
ALTER TABLE runs RENAME COLUMN state TO earlier_state;
ALTER TABLE runs ADD COLUMN state TEXT NOT NULL DEFAULT 'preparing'
  CHECK (state IN ('queued', 'preparing', 'training', 'paused', 'finished', 'cancelled', 'failed', 'interrupted'));
UPDATE runs SET state = earlier_state;
ALTER TABLE runs DROP COLUMN earlier_state;

CREATE TABLE run_queue (
  run_id TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  -- Smallest first; only the order means something.
  place REAL NOT NULL,
  -- Whether the run goes on from its newest checkpoint.
  resume INTEGER NOT NULL CHECK (resume IN (0, 1))
) STRICT, WITHOUT ROWID;

-- The images a run is trained and validated on, in the order of its inputs; with it a run can go on after the split has changed.
CREATE TABLE run_plans (
  run_id TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  -- JSON, see src-main/training/plan.ts.
  plan TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Pauses, interruptions, damaged checkpoints, extensions: one sentence each.
CREATE TABLE run_events (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  at TEXT NOT NULL,
  words TEXT NOT NULL
) STRICT;
CREATE INDEX run_events_run ON run_events (run_id, id);

-- The validation images that the newest epoch got most wrong.
CREATE TABLE run_examples (
  run_id TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  -- JSON, see src-shared/contract/queue.ts.
  examples TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

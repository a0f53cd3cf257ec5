/** Comparisons of architectures: what was asked for, and which searches and runs belong to it. */
export const comparisonStudies = `
CREATE TABLE comparison_studies (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  created_at TEXT NOT NULL,
  ended_at TEXT,
  request TEXT NOT NULL,
  snapshot_sha256 TEXT NOT NULL,
  record TEXT NOT NULL,
  failure TEXT
) STRICT;
`;

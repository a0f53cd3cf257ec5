/** Indices for filters and orders of the grid that still read the whole table. */
export const gridIndices = `
-- Width and height stand in it too, so that images are counted by their longer edge without touching the rows.
DROP INDEX facts_size;
CREATE INDEX facts_size ON image_facts (rows * columns, image_id, rows, columns);
CREATE INDEX facts_fold ON image_facts (fold) WHERE fold IS NOT NULL;
`;

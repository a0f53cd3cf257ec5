import { describe, expect, it } from 'vitest';
import { cases } from '../fixtures/contract/documents.ts';

describe.each(Object.entries(cases))('%s', (_name, { schema, good, bad }) => {
  it.each(Object.entries(good))('accepts %s', (_case, document) => {
    expect(schema.safeParse(document).success).toBe(true);
  });
  it.each(Object.entries(bad))('refuses %s', (_case, document) => {
    expect(schema.safeParse(document).success).toBe(false);
  });
});

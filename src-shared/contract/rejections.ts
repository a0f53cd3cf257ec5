/** Files that an import left out, with the reason of each. */
import { z } from 'zod';
import { rejectionSchema } from './library.ts';

export const rejectionFilterSchema = z.strictObject({
  /** One code of a refusal; null shows all. */
  code: z.string().max(64).nullable().default(null),
  /** Part of the path or of the reason, in any letter case. */
  text: z.string().max(200).default(''),
});
export type RejectionFilter = z.infer<typeof rejectionFilterSchema>;

export const rejectionListSchema = z.strictObject({
  /** How many fit the filter. */
  total: z.int().nonnegative(),
  items: z.array(rejectionSchema),
  /** All codes in the project with the number of their files, most frequent first. */
  codes: z.array(z.strictObject({ code: z.string(), files: z.int().positive() })),
});
export type RejectionList = z.infer<typeof rejectionListSchema>;

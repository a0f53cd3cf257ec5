/**
 * Subgroups of images: attribute → SQL expression of its level over the joins of a prediction (images, files, patients, series); NULL
 * where the file does not say. Only bands and kinds, so that a subgroup never points at a person.
 */
export const subgroupLevels = {
  'File type': 'upper(files.format)',
  Manufacturer: "nullif(trim(series.manufacturer), '')",
  Scanner: "nullif(trim(coalesce(series.manufacturer, '') || ' ' || coalesce(series.model, '')), '')",
  'Slice thickness':
    "CASE WHEN images.slice_thickness <= 1.5 THEN 'up to 1.5 mm' WHEN images.slice_thickness <= 3 THEN '1.5–3 mm' WHEN images.slice_thickness > 3 THEN 'over 3 mm' END",
  Sex: "nullif(trim(patients.sex), '')",
  Age: "CASE WHEN patients.age_years < 40 THEN 'under 40' WHEN patients.age_years < 65 THEN '40–64' WHEN patients.age_years >= 65 THEN '65 and over' END",
} as const;
export type SubgroupAttribute = keyof typeof subgroupLevels;

export const subgroupAttributes = Object.keys(subgroupLevels) as SubgroupAttribute[];

/** The expression for an attribute by its name; null for a name that is none. */
export function subgroupLevel(attribute: string): string | null {
  return subgroupAttributes.find((one) => one === attribute) === undefined
    ? null
    : subgroupLevels[attribute as SubgroupAttribute];
}

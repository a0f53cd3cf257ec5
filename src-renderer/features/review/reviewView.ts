/** The parts of the review screen, as the address names them. */
export const reviewViews = [
  { value: 'worklist', words: 'Worklist', hint: 'Predictions one by one, beside the image' },
  { value: 'audit', words: 'Shortcut audit', hint: 'Does the model look at the patient?' },
  { value: 'new', words: 'New studies', hint: 'What the model says of pictures that are not in the project' },
] as const;
export type ReviewView = (typeof reviewViews)[number]['value'];

/** The view an address asks for; the worklist for anything else. */
export function reviewViewOf(value: unknown): ReviewView {
  return reviewViews.find((one) => one.value === value)?.value ?? 'worklist';
}

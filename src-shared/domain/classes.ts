/** Okabe–Ito colours, distinguishable in colour-blindness; the first is the positive class's, the second the negative's. */
export const classColors = [
  '#e69f00',
  '#56b4e9',
  '#009e73',
  '#cc79a7',
  '#f0e442',
  '#d55e00',
  '#0072b2',
  '#999999',
] as const;

/** True for names that say the absence of something: those are not proposed as the positive class. */
export function looksNegative(name: string): boolean {
  return /^(non|no|not|neg|negative|normal|healthy|control|controls|without|absent|benign|other|0)([^a-z]|$)|^non[-_ ]?[a-z]/i.test(
    name.trim(),
  );
}

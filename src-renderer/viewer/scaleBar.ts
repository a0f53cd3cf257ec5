const steps = [1, 2, 5];

/** The longest bar of a round length that is not longer than `room` on the screen. `scale`: CSS pixels per unit. */
export function scaleBar(scale: number, room: number): { length: number; pixels: number } {
  const longest = room / scale;
  const power = 10 ** Math.floor(Math.log10(longest));
  const step = steps.findLast((one) => one * power <= longest) ?? 1;
  return { length: step * power, pixels: step * power * scale };
}

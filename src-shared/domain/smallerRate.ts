/** The learning rate to try after one that diverged: a third, as one would try by hand: 1, 3, 10 … */
export const smallerRate = (rate: number): number => Number((rate / 3).toPrecision(1));

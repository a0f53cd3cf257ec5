import { describe, expect, it } from 'vitest';
import { apply, compose, inverse } from './affine.ts';
import {
  fittedView,
  flipped,
  layerMatrix,
  matrixOf,
  movedBy,
  oneToOneView,
  turned,
  upright,
  zoomedAt,
  zoomOf,
} from './view.ts';

const shape = { rows: 64, columns: 128, spacing: [1, 0.5] as const };
const pane = { width: 301, height: 200 };

const close = (point: readonly number[]) => point.map((value) => expect.closeTo(value, 9));

describe('a view', () => {
  it('fits the outer edges of the picture into the pane, in millimetres and not in pixels', () => {
    const matrix = matrixOf(fittedView(shape, pane), shape, pane);
    // 64 mm × 64 mm into 301 × 200.
    expect(apply(matrix, [-0.5, -0.5])).toEqual(close([50.5, 0]));
    expect(apply(matrix, [127.5, 63.5])).toEqual(close([250.5, 200]));
  });

  it('fits a turned picture by its turned sides', () => {
    const wide = { rows: 10, columns: 100, spacing: null };
    const view = fittedView(wide, pane, turned(fittedView(wide, pane)).turn);
    expect(view.scale).toBeCloseTo(2);
  });

  it('turns clockwise: what was up is right', () => {
    const view = turned(fittedView(shape, pane));
    const [x, y] = apply(matrixOf(view, shape, pane), [63.5, -0.5]);
    expect(x).toBeGreaterThan(pane.width / 2);
    expect(y).toBeCloseTo(pane.height / 2);
  });

  it('is the same again after four turns, and after two flips', () => {
    const view = fittedView(shape, pane);
    expect(turned(turned(turned(turned(view)))).turn).toEqual(upright);
    expect(flipped(flipped(view, 'vertical'), 'vertical').turn).toEqual(upright);
  });

  it('mirrors what is seen, also when it is turned', () => {
    const view = turned(fittedView(shape, pane));
    const point = [10, 20] as const;
    const before = apply(matrixOf(view, shape, pane), point);
    const after = apply(matrixOf(flipped(view, 'horizontal'), shape, pane), point);
    expect(after).toEqual(close([pane.width - before[0], before[1]]));
  });

  it('keeps the point under the mouse while it enlarges', () => {
    const view = fittedView(shape, pane);
    const under = apply(inverse(matrixOf(view, shape, pane)), [80, 40]);
    const next = zoomedAt(view, shape, pane, 1.7, [80, 40]);
    expect(apply(matrixOf(next, shape, pane), under)).toEqual(close([80, 40]));
    expect(next.scale).toBeCloseTo(view.scale * 1.7);
  });

  it('moves by pixels of the screen', () => {
    const view = fittedView(shape, pane);
    const before = apply(matrixOf(view, shape, pane), [3, 4]);
    expect(apply(matrixOf(movedBy(view, shape, pane, 12, -7), shape, pane), [3, 4])).toEqual(
      close([before[0] + 12, before[1] - 7]),
    );
  });

  it.each([1, 1.25, 2])('one to one puts edges of pixels on edges of the display (%s display pixels)', (ratio) => {
    const plain = { rows: 64, columns: 128, spacing: [0.7, 0.7] as const };
    const view = oneToOneView(fittedView(plain, pane), plain, pane, ratio);
    expect(zoomOf(view, plain, ratio)).toBeCloseTo(1);
    const corner = apply(matrixOf(view, plain, pane), [-0.5, -0.5]).map((one) => one * ratio);
    expect(corner).toEqual(close(corner.map(Math.round)));
  });

  it('gives layers a box whose corner is the outer corner of the first pixel', () => {
    const matrix = matrixOf(fittedView(shape, pane), shape, pane);
    expect(apply(layerMatrix(matrix), [0, 0])).toEqual(close(apply(matrix, [-0.5, -0.5])));
    expect(apply(compose(matrix, inverse(matrix)), [5, 6])).toEqual(close([5, 6]));
  });
});

/** The tool of the left button on one pane: window by dragging, drawing, the magnifier's place, the crosshair. */
import { ref, shallowRef, watch, type Ref } from 'vue';
import type { Window } from '../../src-shared/contract/vocabulary.ts';
import { apply, inverse, type Point } from './affine.ts';
import { drawn, isTooSmall, type Shape } from './measure/shapes.ts';
import { isMeasuring, type Tool } from './tools.ts';
import type { Pane } from './usePane.ts';

export interface DrawingPorts {
  add(shape: Shape): void;
  setWindow(window: Window): void;
  /** A place of the picture where the planes shall cross. */
  setCross(at: Point): void;
}

/** Less than this on the screen is a click, not a drag. CSS pixels. */
const clickWay = 3;
/** Share of the window's width that a CSS pixel of dragging is worth. */
const windowWay = 1 / 250;

export function useDrawing(pane: Pane, tool: Ref<Tool>, ports: DrawingPorts) {
  const draft = shallowRef<Shape | null>(null);
  /** Where the magnifier is, on the screen. */
  const lens = ref<Point | null>(null);
  let start: Point | null = null;
  let startWindow: Window | null = null;
  /** An angle whose first leg is drawn and whose third point follows the hand. */
  let openAngle: Shape | null = null;
  let doing: Tool | 'cross' | null = null;

  const imagePoint = (at: Point): Point | null => (pane.matrix.value ? apply(inverse(pane.matrix.value), at) : null);
  const least = (): number =>
    pane.matrix.value ? clickWay / Math.hypot(pane.matrix.value[0], pane.matrix.value[1]) : 1;

  function finish(shape: Shape): void {
    draft.value = null;
    openAngle = null;
    if (!isTooSmall(shape, least())) ports.add(shape);
  }

  function withThird(shape: Shape, at: Point): Shape {
    return { ...shape, points: [shape.points[0]!, shape.points[1]!, at] };
  }

  function dragWindow(from: Point, to: Point): void {
    if (!startWindow) return;
    const step = Math.max(0.2, startWindow.width * windowWay);
    const round = step < 1 ? (value: number) => Math.round(value * 10) / 10 : Math.round;
    const width = Math.max(1, round(startWindow.width + (to[0] - from[0]) * step));
    ports.setWindow({ width, level: round(startWindow.level + (to[1] - from[1]) * step) });
  }

  /** True when there was something to drop. */
  function cancel(): boolean {
    const something = draft.value !== null || lens.value !== null;
    draft.value = null;
    openAngle = null;
    lens.value = null;
    start = null;
    doing = null;
    return something;
  }

  // What was begun on one picture, or with one tool, is not finished on another.
  watch([() => pane.shown.picture, tool], () => {
    if (draft.value !== null) cancel();
  });

  return {
    draft,
    lens,
    begin(at: Point, crossing: boolean): void {
      const point = imagePoint(at);
      if (!point || !pane.shown.frame) return;
      doing = crossing ? 'cross' : tool.value;
      if (openAngle) return;
      start = point;
      if (doing === 'window') startWindow = pane.facts.window && { ...pane.facts.window };
      else if (doing === 'magnifier') lens.value = at;
      else if (doing === 'cross' || doing === 'crosshair') ports.setCross(point);
      else draft.value = drawn(doing, point, point, pane.shown.frame.facts);
    },
    drag(at: Point, from: Point): void {
      const point = imagePoint(at);
      if (!point || !start || !pane.shown.frame) return;
      if (doing === 'window') dragWindow(from, at);
      else if (doing === 'magnifier') lens.value = at;
      else if (doing === 'cross' || doing === 'crosshair') ports.setCross(point);
      else if (openAngle) draft.value = withThird(openAngle, point);
      else if (doing) draft.value = drawn(doing, start, point, pane.shown.frame.facts);
    },
    end(at: Point): void {
      const point = imagePoint(at);
      const shape = draft.value;
      lens.value = null;
      if (openAngle && point) finish(withThird(openAngle, point));
      else if (shape?.kind === 'angle') {
        // The first leg is there; the third point follows the hand until the next click.
        if (isTooSmall(shape, least())) draft.value = null;
        else openAngle = shape;
      } else if (shape && doing && doing !== 'cross' && isMeasuring(doing)) finish(shape);
      doing = null;
    },
    hover(at: Point): void {
      const point = imagePoint(at);
      if (openAngle && point) draft.value = withThird(openAngle, point);
    },
    cancel,
  };
}

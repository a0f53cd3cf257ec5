/** What hands do on a pane: mouse buttons, fingers and the wheel, as calls that know nothing of events. */
import type { Point } from './affine.ts';

export interface PointerPorts {
  /** Left button or one finger. Returns false when the hand's way is of no interest. */
  begin(at: Point, event: PointerEvent): void;
  drag(at: Point, by: Point, from: Point): void;
  end(at: Point): void;
  cancel(): void;
  hover(at: Point): void;
  pan(by: Point): void;
  /** About a point that stays where it is. */
  zoom(factor: number, at: Point): void;
  scroll(steps: number): void;
}

/** CSS pixels that the right button goes for a factor of e, and that three fingers go for a slice. */
const zoomWay = 150;
const scrollWay = 12;

type Way = 'tool' | 'pan' | 'zoom' | 'fingers';

/** Handlers for one pane's element. */
export function pointerHandlers(ports: PointerPorts) {
  const fingers = new Map<number, Point>();
  let way: Way | null = null;
  let from: Point = [0, 0];
  let last: Point = [0, 0];
  let scrolled = 0;

  const place = (event: PointerEvent): Point => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const minus = (one: Point, other: Point): Point => [one[0] - other[0], one[1] - other[1]];
  const centre = (): Point => {
    const all = [...fingers.values()];
    return [all.reduce((sum, [x]) => sum + x, 0) / all.length, all.reduce((sum, [, y]) => sum + y, 0) / all.length];
  };
  const spread = (): number => {
    const [one, other] = [...fingers.values()];
    return one && other ? Math.hypot(...minus(one, other)) : 0;
  };

  function moveFingers(event: PointerEvent): void {
    const [before, apart] = [centre(), spread()];
    fingers.set(event.pointerId, place(event));
    const by = minus(centre(), before);
    if (fingers.size === 2) {
      ports.pan(by);
      if (apart > 0) ports.zoom(spread() / apart, centre());
    } else {
      scrolled += by[1];
      const steps = Math.trunc(scrolled / scrollWay);
      scrolled -= steps * scrollWay;
      if (steps !== 0) ports.scroll(steps);
    }
  }

  return {
    down(event: PointerEvent): void {
      const at = place(event);
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      if (event.pointerType === 'touch') {
        fingers.set(event.pointerId, at);
        if (fingers.size > 1) {
          if (way === 'tool') ports.cancel();
          way = 'fingers';
          scrolled = 0;
          return;
        }
      }
      [from, last] = [at, at];
      way = event.button === 1 ? 'pan' : event.button === 2 ? 'zoom' : 'tool';
      // The middle button would start the browser's own scrolling.
      if (event.button !== 0) event.preventDefault();
      if (way === 'tool') ports.begin(at, event);
    },
    move(event: PointerEvent): void {
      const at = place(event);
      if (way === null) return ports.hover(at);
      if (way === 'fingers') return moveFingers(event);
      const by = minus(at, last);
      last = at;
      if (way === 'pan') ports.pan(by);
      else if (way === 'zoom') ports.zoom(Math.exp(-by[1] / zoomWay), from);
      else ports.drag(at, by, from);
    },
    up(event: PointerEvent): void {
      fingers.delete(event.pointerId);
      if (way === 'tool') ports.end(place(event));
      if (fingers.size === 0) way = null;
    },
    cancel(event: PointerEvent): void {
      fingers.delete(event.pointerId);
      if (way === 'tool') ports.cancel();
      if (fingers.size === 0) way = null;
    },
  };
}

/** Trackpads send many small steps, wheels few large ones; a slice is one notch. */
export function wheelSteps(): (event: WheelEvent) => number {
  const notch = 50;
  let rest = 0;
  return (event) => {
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 34 : event.deltaY;
    if (Math.sign(pixels) !== Math.sign(rest)) rest = 0;
    if (Math.abs(pixels) >= notch) {
      rest = 0;
      return Math.sign(pixels);
    }
    rest += pixels;
    const steps = Math.trunc(rest / notch);
    rest -= steps * notch;
    return steps;
  };
}

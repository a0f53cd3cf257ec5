/** One pane: a stack of pictures, one of them drawn. Plain reactive facts, and what can be done with them. */
import { computed, markRaw, reactive, shallowReactive } from 'vue';
import type { Failure } from '../../src-shared/contract/errors.ts';
import type { FrameFacts } from '../../src-shared/contract/library.ts';
import type { Window } from '../../src-shared/contract/vocabulary.ts';
import { toFailure } from '../api/failure.ts';
import type { Frame } from '../api/images.ts';
import { defaultWindow, functionOf } from '../ui/windowPresets.ts';
import { matrixOf, fittedView, zoomOf, type PaneSize, type View } from './view.ts';
import { openPainter } from './painter/openPainter.ts';
import type { Painter } from './painter/painter.ts';
import { isCached, loadPicture, pictureOf } from './pictures.ts';
import { createStackPlayer, type StackPlayer } from './stackPlayer.ts';

export interface PaneFacts {
  state: 'empty' | 'loading' | 'ready' | 'error';
  index: number;
  count: number;
  window: Window | null;
  inverted: boolean;
  renderer: 'gpu' | 'cpu' | null;
  failure: Failure | null;
}

/** What is on the screen; the picture asked for may still be on its way. */
export interface Shown {
  picture: string | null;
  frame: Frame | null;
  view: View | null;
  size: PaneSize;
}

interface ChosenWindow {
  window: Window;
  units: FrameFacts['units'];
}

export function usePane() {
  const facts = reactive<PaneFacts>({
    state: 'empty',
    index: 0,
    count: 0,
    window: null,
    inverted: false,
    renderer: null,
    failure: null,
  });
  const shown = shallowReactive<Shown>({ picture: null, frame: null, view: null, size: { width: 1, height: 1 } });
  const matrix = computed(() =>
    shown.view && shown.frame ? matrixOf(shown.view, shown.frame.facts, shown.size) : null,
  );
  const zoom = computed(() =>
    shown.view && shown.frame ? zoomOf(shown.view, shown.frame.facts, window.devicePixelRatio) : 1,
  );
  let painter: Painter | null = null;
  let player: StackPlayer | null = null;
  let pictures: readonly string[] = [];
  let chosen: ChosenWindow | null = null;
  /** Of the picture shown last, also while one that could not be read stands in its place. */
  let lastShown: FrameFacts | null = null;
  let closed = false;

  function windowFor(frame: FrameFacts): Window {
    if (frame.samples === 3) return { level: 128, width: 256 };
    return chosen?.units === frame.units ? chosen.window : defaultWindow(frame);
  }

  async function paint(): Promise<void> {
    const { picture, frame, view, size } = shown;
    if (!painter || !picture || !frame || !view) return;
    const inverted = facts.inverted !== frame.facts.inverted;
    const chosenWindow = windowFor(frame.facts);
    const voiFunction = functionOf(frame.facts, chosenWindow);
    await painter.paint({ picture, frame, window: chosenWindow, voiFunction, inverted, view, pane: size });
  }

  /** A picture of another shape than the one before, or of a fitted view, is fitted. */
  function viewFor(frame: FrameFacts): View {
    const before = lastShown;
    const same =
      before?.rows === frame.rows &&
      before.columns === frame.columns &&
      before.spacing?.join() === frame.spacing?.join();
    if (shown.view && !shown.view.fitted && same) return shown.view;
    return fittedView(frame, shown.size, shown.view?.turn);
  }

  async function show(index: number): Promise<void> {
    const picture = pictures[index];
    const frame = picture === undefined ? null : pictureOf(picture);
    if (picture === undefined || !frame) return;
    const view = viewFor(frame.facts);
    lastShown = frame.facts;
    Object.assign(shown, { picture, frame: markRaw(frame), view });
    facts.index = index;
    facts.window = windowFor(frame.facts);
    await paint();
  }

  function setStack(next: readonly string[], index: number): void {
    player?.close();
    // Another stack is fitted anew; the window that somebody chose goes with the reader from stack to stack.
    const same = next[index] !== undefined && pictures.includes(next[index]);
    if (shown.view && !same) shown.view = { ...shown.view, fitted: true };
    pictures = next;
    facts.count = next.length;
    facts.failure = null;
    if (next.length === 0) {
      player = null;
      facts.state = 'empty';
      Object.assign(shown, { picture: null, frame: null });
      return;
    }
    facts.state = 'loading';
    player = createStackPlayer(next, {
      load: loadPicture,
      isCached,
      show,
      onLoading: () => (facts.state = 'loading'),
      onShown: () => {
        facts.state = 'ready';
        facts.failure = null;
      },
      onError: (at, error) => {
        facts.state = 'error';
        facts.index = at;
        Object.assign(shown, { picture: next[at] ?? null, frame: null });
        facts.failure = toFailure(error);
      },
    });
    if (painter) player.goTo(index);
    else facts.index = index;
  }

  function setView(view: View): void {
    shown.view = view;
    void paint();
  }

  function changeView(change: (view: View, frame: FrameFacts, size: PaneSize) => View): void {
    if (shown.view && shown.frame) setView(change(shown.view, shown.frame.facts, shown.size));
  }

  function setWindow(next: Window | null): void {
    const frame = shown.frame?.facts;
    if (!frame || frame.samples === 3) return;
    chosen = next && { window: next, units: frame.units };
    facts.window = windowFor(frame);
    void paint();
  }

  function setInverted(inverted: boolean): void {
    facts.inverted = inverted;
    void paint();
  }

  function resize(size: PaneSize): void {
    if (size.width < 1 || size.height < 1) return;
    shown.size = size;
    painter?.resize();
    if (shown.view?.fitted && shown.frame) shown.view = fittedView(shown.frame.facts, size, shown.view.turn);
    void paint();
  }

  /** Closed, opened and painted without a pause in between, so that no frame is blank. */
  function reopen(element: HTMLDivElement): void {
    if (closed || painter === null) return;
    const lost = painter;
    painter = openPainter(element, () => reopen(element));
    facts.renderer = painter.renderer;
    void paint();
    lost.close();
  }

  function mount(element: HTMLDivElement, size: PaneSize): void {
    shown.size = size;
    painter = openPainter(element, () => reopen(element));
    facts.renderer = painter.renderer;
    if (shown.frame) void paint();
    // A stack that was given while there was nothing to draw on.
    if (player && player.wanted() < 0) player.goTo(facts.index);
  }

  return {
    facts,
    shown,
    /** Takes over window and inversion of another pane that shows the same kind of values. */
    lookLike(other: PaneFacts, units: FrameFacts['units']): void {
      if (other.window) chosen = { window: other.window, units };
      facts.inverted = other.inverted;
    },
    /** Image coordinates → CSS pixels of the pane. */
    matrix,
    /** Display pixels per image pixel. */
    zoom,
    setStack,
    goTo: (index: number) => player?.goTo(index),
    wanted: () => Math.max(0, player?.wanted() ?? 0),
    changeView,
    setWindow,
    setInverted,
    reset(): void {
      chosen = null;
      facts.inverted = false;
      if (!shown.frame) return;
      facts.window = windowFor(shown.frame.facts);
      setView(fittedView(shown.frame.facts, shown.size));
    },
    resize,
    mount,
    unmount(): void {
      painter?.close();
      painter = null;
    },
    close(): void {
      if (closed) return;
      closed = true;
      player?.close();
      painter?.close();
      painter = null;
    },
  };
}
export type Pane = ReturnType<typeof usePane>;

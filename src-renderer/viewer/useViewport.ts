/** One Cornerstone viewport as plain reactive facts and commands. */
import { Enums, type Types } from '@cornerstonejs/core';
import { reactive, shallowReactive, type Ref } from 'vue';
import type { Failure } from '../../src-shared/contract/errors.ts';
import type { FrameFacts } from '../../src-shared/contract/library.ts';
import type { Window } from '../../src-shared/contract/vocabulary.ts';
import { toFailure } from '../api/failure.ts';
import { cornerstoneId } from './cornerstoneImage.ts';
import { factsOf, isCached, loadFacts, openViewport, type OpenViewport } from './engine.ts';
import { defaultWindow, presets, windowBounds, windowOfBounds } from '../ui/windowPresets.ts';
import { createStackPlayer, type StackPlayer } from './stackPlayer.ts';
import type { ViewerCommand } from './viewerKeys.ts';

/** Where the whole picture lies on the screen, in CSS pixels of the viewport. */
export interface PictureRectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface ViewportFacts {
  state: 'empty' | 'loading' | 'ready' | 'error';
  /** The image on the screen; the one asked for may still be on its way. */
  imageId: number | null;
  index: number;
  count: number;
  window: Window | null;
  inverted: boolean;
  /** Screen pixels per image pixel. */
  zoom: number;
  renderer: 'gpu' | 'cpu' | null;
  failure: Failure | null;
}

let opened = 0;

export function useViewport(onIndex: (index: number) => void, held: Ref<HTMLCanvasElement | null>) {
  const facts = reactive<ViewportFacts>({
    state: 'empty',
    imageId: null,
    index: 0,
    count: 0,
    window: null,
    inverted: false,
    zoom: 1,
    renderer: null,
    failure: null,
  });
  const shown = shallowReactive<{ frame: FrameFacts | null; picture: PictureRectangle | null }>({
    frame: null,
    picture: null,
  });
  let element: HTMLDivElement | null = null;
  let open: OpenViewport | null = null;
  let opening: Promise<void> | null = null;
  let player: StackPlayer | null = null;
  let stack: readonly number[] = [];
  /** The stack that Cornerstone holds; set anew when the first image of another one has arrived. */
  let installed: readonly number[] | null = null;
  let chosenWindow: { window: Window; units: FrameFacts['units'] } | null = null;
  let userInvert = false;
  let applying = false;
  let closed = false;

  function measure(): void {
    const data = open?.viewport.getImageData();
    if (!open || !data) return;
    const [columns, rows] = data.dimensions;
    const [columnSpacing, rowSpacing] = data.spacing;
    // Outer edges: half a pixel beyond the centres of the first and last pixel.
    const corner = (x: number, y: number): Types.Point3 => [
      data.origin[0] + (x - 0.5) * columnSpacing,
      data.origin[1] + (y - 0.5) * rowSpacing,
      data.origin[2],
    ];
    const [left, top] = open.viewport.worldToCanvas(corner(0, 0));
    const [right, bottom] = open.viewport.worldToCanvas(corner(columns, rows));
    // The CPU path counts from a pixel's corner where the GPU path counts from its centre.
    const shift = facts.renderer === 'cpu' ? 0.5 * ((right - left) / columns) : 0;
    shown.picture = { left: left + shift, top: top + shift, width: right - left, height: bottom - top };
    facts.zoom = ((right - left) / columns) * window.devicePixelRatio;
  }

  /** Own window and inversion go onto every image alike, whatever the rendering path does by itself. */
  function applyLook(frame: FrameFacts): void {
    if (!open) return;
    const kept = chosenWindow && chosenWindow.units === frame.units ? chosenWindow.window : null;
    const next = frame.samples === 3 ? { level: 128, width: 256 } : (kept ?? defaultWindow(frame));
    applying = true;
    open.viewport.setProperties({ voiRange: windowBounds(next), invert: userInvert !== frame.inverted });
    applying = false;
    facts.window = next;
    facts.inverted = userInvert;
  }

  function holdPicture(): void {
    const canvas = element?.querySelector('canvas.cornerstone-canvas');
    const target = held.value;
    if (!(canvas instanceof HTMLCanvasElement) || !target || installed === null) return;
    target.width = canvas.width;
    target.height = canvas.height;
    target.getContext('2d')?.drawImage(canvas, 0, 0);
    target.hidden = false;
  }

  function releasePicture(): void {
    if (held.value) held.value.hidden = true;
    measure();
  }

  async function show(index: number): Promise<void> {
    const imageId = stack[index];
    if (!open || imageId === undefined) return;
    if (installed === stack) await open.viewport.setImageIdIndex(index);
    else {
      // Cornerstone paints the canvas black while it takes a new stack: a copy of the last picture covers that.
      holdPicture();
      await open.viewport.setStack(stack.map(cornerstoneId), index);
      open.viewport.resetCamera();
      installed = stack;
    }
    const frame = factsOf(imageId);
    if (!frame) return;
    shown.frame = frame;
    facts.imageId = imageId;
    facts.index = index;
    applyLook(frame);
    open.viewport.render();
    measure();
  }

  function setStack(ids: readonly number[], index: number): void {
    player?.close();
    stack = ids;
    facts.count = ids.length;
    facts.failure = null;
    if (ids.length === 0) {
      player = null;
      facts.state = 'empty';
      facts.imageId = null;
      return;
    }
    const mine = createStackPlayer(ids, {
      load: loadFacts,
      isCached,
      show,
      onLoading: () => {
        facts.state = 'loading';
      },
      onShown: () => {
        facts.state = 'ready';
        facts.failure = null;
      },
      onError: (at, error) => {
        facts.state = 'error';
        facts.index = at;
        facts.imageId = ids[at] ?? null;
        facts.failure = toFailure(error);
      },
    });
    player = mine;
    facts.state = 'loading';
    void opening?.then(() => {
      if (!closed && player === mine) mine.goTo(index);
    });
  }

  function goTo(index: number): void {
    if (!player) return;
    player.goTo(index);
    onIndex(player.wanted());
  }

  function setWindow(window: Window): void {
    const frame = shown.frame;
    if (!frame || frame.samples === 3) return;
    chosenWindow = { window, units: frame.units };
    applyLook(frame);
    open?.viewport.render();
  }

  function zoomBy(factor: number): void {
    open?.viewport.setZoom(open.viewport.getZoom() * factor);
    open?.viewport.render();
  }

  function panBy(x: number, y: number): void {
    if (!open) return;
    const [left, top] = open.viewport.getPan();
    open.viewport.setPan([left + x, top + y]);
    open.viewport.render();
  }

  function fit(): void {
    open?.viewport.resetCamera();
    open?.viewport.render();
  }

  function reset(): void {
    chosenWindow = null;
    userInvert = false;
    if (shown.frame) applyLook(shown.frame);
    fit();
  }

  function invert(): void {
    userInvert = !userInvert;
    if (shown.frame) applyLook(shown.frame);
    open?.viewport.render();
  }

  /** Carries out a command; false for those that are not the viewport's own. */
  function execute(command: ViewerCommand): boolean {
    if (command.kind === 'scroll') goTo((player?.wanted() ?? 0) + command.by);
    else if (command.kind === 'first') goTo(0);
    else if (command.kind === 'last') goTo(stack.length - 1);
    else if (command.kind === 'preset') {
      const preset = presets.find((one) => one.key === command.key);
      if (preset && shown.frame?.units === 'HU') setWindow(preset.window);
    } else if (command.kind === 'invert') invert();
    else if (command.kind === 'fit') fit();
    else if (command.kind === 'reset') reset();
    else if (command.kind === 'zoom') zoomBy(command.factor);
    else if (command.kind === 'pan') panBy(command.x, command.y);
    else return false;
    return true;
  }

  function onVoi(event: Event): void {
    if (applying || !(event instanceof CustomEvent) || !shown.frame) return;
    const range: unknown = event.detail?.range;
    if (typeof range !== 'object' || range === null || !('lower' in range) || !('upper' in range)) return;
    const next = windowOfBounds({ lower: Number(range.lower), upper: Number(range.upper) });
    chosenWindow = { window: next, units: shown.frame.units };
    facts.window = next;
  }

  async function mount(at: HTMLDivElement): Promise<void> {
    element = at;
    at.addEventListener(Enums.Events.VOI_MODIFIED, onVoi);
    at.addEventListener(Enums.Events.CAMERA_MODIFIED, measure);
    at.addEventListener(Enums.Events.IMAGE_RENDERED, releasePicture);
    opened += 1;
    const result = await openViewport(`viewport-${opened}`, at);
    if (closed) return result.close();
    open = result;
    facts.renderer = result.renderer;
  }

  return {
    facts,
    shown,
    setStack,
    goTo,
    setWindow,
    execute,
    resize(): void {
      open?.resize();
      measure();
    },
    mount(at: HTMLDivElement): void {
      opening = mount(at).catch((error: unknown) => {
        facts.state = 'error';
        facts.failure = toFailure(error);
      });
    },
    close(): void {
      closed = true;
      player?.close();
      open?.close();
    },
  };
}

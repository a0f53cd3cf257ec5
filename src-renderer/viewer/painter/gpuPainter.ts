/**
 * Draws with Cornerstone on the graphics card. Cornerstone's own camera handling is not used: after each picture the camera is set
 * from the viewer's view, so that both painters, all layers and all measurements agree on where every pixel is.
 */
import { cache, Enums, getRenderingEngine, RenderingEngine, StackViewport, type Types } from '@cornerstonejs/core';
import type { Window } from '../../../src-shared/contract/vocabulary.ts';
import { windowBounds } from '../../ui/windowPresets.ts';
import { pixelSize } from '../view.ts';
import type { Painter, Scene } from './painter.ts';

const engineId = 'viewer';
let opened = 0;

function engine(): Types.IRenderingEngine {
  return getRenderingEngine(engineId) ?? new RenderingEngine(engineId);
}

/** Pictures lie in the plane z = 0 with their first pixel's centre at the origin; columns run along x, rows along y. */
function cameraOf({ view, frame, pane }: Scene): Types.ICamera {
  const [width, height] = pixelSize(frame.facts);
  const [a, b, c, d] = view.turn;
  const focalPoint: Types.Point3 = [view.centre[0] * width, view.centre[1] * height, 0];
  // A mirrored picture is one that is looked at from behind.
  const side = a * d - b * c > 0 ? -1 : 1;
  return {
    focalPoint,
    position: [focalPoint[0], focalPoint[1], side * distance],
    viewPlaneNormal: [0, 0, side],
    viewUp: [-c, -d, 0],
    parallelScale: pane.height / 2 / view.scale,
    parallelProjection: true,
  };
}
/** Any: the projection is parallel and clipping far away. */
const distance = 100;

function stackViewport(id: string): StackViewport {
  const viewport = engine().getViewport(id);
  if (!(viewport instanceof StackViewport)) throw new Error('The pane could not be opened on the graphics card.');
  return viewport;
}

/** Gray levels of the display. */
const levels = 256;

/**
 * vtk.js looks gray up in a table of bytes between whose entries it interpolates. Its usual 1024 entries are rounded and some pixels
 * come out one level off; 256 entries are exact.
 */
function useExactTable(viewport: StackViewport): void {
  const mapper: unknown = viewport.getDefaultActor()?.actor.getMapper();
  if (
    mapper instanceof Object &&
    'setColorTextureWidth' in mapper &&
    typeof mapper.setColorTextureWidth === 'function'
  ) {
    mapper.setColorTextureWidth(levels);
  }
}

/** The window's bounds, half an entry of the table further out: a texture begins and ends half a texel before its centres. */
function tableRange(window: Window): { lower: number; upper: number } {
  const { lower, upper } = windowBounds({ ...window, width: Math.max(1.001, window.width) });
  const half = (upper - lower) / (levels - 1) / 2;
  return { lower: lower - half, upper: upper + half };
}

export function openGpuPainter(element: HTMLDivElement): Painter {
  opened += 1;
  const id = `pane-${opened}`;
  engine().enableElement({
    viewportId: id,
    type: Enums.ViewportType.STACK,
    element,
    defaultOptions: { background: [0, 0, 0], suppressEvents: true },
  });
  const viewport = stackViewport(id);
  let last: Scene | null = null;

  async function exchange(name: string): Promise<void> {
    // Taking a stack paints the pane black; done once, when there is nothing yet.
    if (last === null) return void (await viewport.setStack([name]));
    const image = cache.getImage(name);
    if (!image) throw new Error('The picture is no longer in memory.');
    viewport.renderImageObject(image);
  }

  return {
    renderer: 'gpu',
    async paint(scene) {
      const isNew = last?.picture !== scene.picture;
      if (isNew) await exchange(scene.picture);
      const { window, inverted } = scene;
      if (
        isNew ||
        window.level !== last?.window.level ||
        window.width !== last.window.width ||
        inverted !== last.inverted
      ) {
        useExactTable(viewport);
        viewport.setProperties({ voiRange: tableRange(window), invert: inverted });
      }
      viewport.setCamera(cameraOf(scene));
      last = scene;
      viewport.render();
    },
    resize() {
      if (last === null) return;
      engine().resize(true, true);
    },
    close() {
      engine().disableElement(id);
    },
  };
}

/**
 * Draws with Cornerstone on the graphics card. Cornerstone's own camera handling is not used: after each picture the camera is set
 * from the viewer's view, so that both painters, all layers and all measurements agree on where every pixel is.
 */
import {
  cache,
  Enums,
  getRenderingEngine,
  RenderingEngine,
  StackViewport,
  utilities,
  type Types,
} from '@cornerstonejs/core';
import { windowBounds } from '../../ui/windowPresets.ts';
import { imageOf } from '../cornerstoneImage.ts';
import { pixelSize } from '../view.ts';
import { windowedByte } from './canvasPainter.ts';
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

/** Between two entries of vtk.js's table gray runs straight; a sigmoid does not, so its bytes are worked out before. */
const isDrawnFirst = ({ frame, voiFunction }: Scene): boolean => voiFunction === 'SIGMOID' && frame.facts.samples === 1;

/** What has to be on the graphics card for a scene. */
function contentOf(scene: Scene): string {
  return isDrawnFirst(scene) ? `${scene.picture} ${scene.window.level} ${scene.window.width}` : scene.picture;
}

/** The picture as gray levels 0 … 255, in an array of the type of its values: under its name Cornerstone expects that type. */
function drawnFirst({ picture, frame, window }: Scene): Types.IImage {
  const { pixels } = frame;
  const drawn =
    pixels instanceof Uint8Array || pixels instanceof Uint16Array || pixels instanceof Float32Array
      ? pixels.slice()
      : Int16Array.from(pixels);
  for (let at = 0; at < drawn.length; at += 1) drawn[at] = windowedByte(pixels[at]!, window, 'SIGMOID');
  const image = imageOf(picture, { facts: { ...frame.facts, minimum: 0, maximum: levels - 1 }, pixels: drawn });
  // What Cornerstone adds to images that come through its loader.
  const { width, height, numberOfComponents } = image;
  image.voxelManager = utilities.VoxelManager.createImageVoxelManager({
    scalarData: drawn,
    width,
    height,
    numberOfComponents,
  });
  return image;
}

function rangeOf(scene: Scene): { lower: number; upper: number } {
  const { window, voiFunction } = scene;
  if (isDrawnFirst(scene)) return tableRange({ lower: 0, upper: levels - 1 });
  if (voiFunction !== 'LINEAR_EXACT')
    return tableRange(windowBounds({ ...window, width: Math.max(1.001, window.width) }));
  return tableRange({ lower: window.level - window.width / 2, upper: window.level + window.width / 2 });
}

/** Bounds half an entry of the table further out: a texture begins and ends half a texel before its centres. */
function tableRange({ lower, upper }: { lower: number; upper: number }): { lower: number; upper: number } {
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

  async function exchange(scene: Scene): Promise<void> {
    const name = scene.picture;
    // Taking a stack paints the pane black; done once, when there is nothing yet.
    if (last === null) await viewport.setStack([name]);
    if (isDrawnFirst(scene)) return viewport.renderImageObject(drawnFirst(scene));
    if (last === null) return;
    const image = cache.getImage(name);
    if (!image) throw new Error('The picture is no longer in memory.');
    viewport.renderImageObject(image);
  }

  return {
    renderer: 'gpu',
    async paint(scene) {
      const isNew = last === null || contentOf(last) !== contentOf(scene);
      if (isNew) await exchange(scene);
      const { window, voiFunction, inverted } = scene;
      if (
        isNew ||
        window.level !== last?.window.level ||
        window.width !== last.window.width ||
        voiFunction !== last.voiFunction ||
        inverted !== last.inverted
      ) {
        useExactTable(viewport);
        viewport.setProperties({ voiRange: rangeOf(scene), invert: inverted });
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

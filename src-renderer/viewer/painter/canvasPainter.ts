/**
 * Draws without a graphics card: window and inversion by a table over all values, exactly as DICOM's linear function says, then
 * the browser's own bilinear drawing under the view's map. Also the magnifier's painter.
 */
import type { Window } from '../../../src-shared/contract/vocabulary.ts';
import type { Frame } from '../../api/images.ts';
import type { VoiFunction } from '../../ui/windowPresets.ts';
import { layerMatrix, matrixOf } from '../view.ts';
import type { Painter, Scene } from './painter.ts';

/**
 * DICOM's VOI functions to 0 … 255, rounded: linear (PS3.3 C.11.2.1.2.1; widths of 1 and below make a step at the level), exact linear and
 * sigmoid (C.11.2.1.3).
 */
export function windowedByte(value: number, { level, width }: Window, voiFunction: VoiFunction = 'LINEAR'): number {
  if (voiFunction === 'SIGMOID') return Math.round(255 / (1 + Math.exp((-4 * (value - level)) / width)));
  if (voiFunction === 'LINEAR_EXACT') {
    return Math.round(Math.min(1, Math.max(0, (value - level) / width + 0.5)) * 255);
  }
  if (width <= 1) return value > level - 0.5 ? 255 : 0;
  const share = (value - (level - 0.5)) / (width - 1) + 0.5;
  return Math.round(Math.min(1, Math.max(0, share)) * 255);
}

/** Opaque RGBA, row-major. */
export function windowedPixels(
  { facts, pixels }: Frame,
  window: Window,
  inverted: boolean,
  voiFunction: VoiFunction = 'LINEAR',
): Uint8ClampedArray<ArrayBuffer> {
  const count = facts.rows * facts.columns;
  const words = new Uint32Array(count);
  const flip = inverted ? 255 : 0;
  // One 32-bit word per pixel, little-endian as every platform of a browser is: 0xAABBGGRR.
  const gray = (value: number): number =>
    (((windowedByte(value, window, voiFunction) ^ flip) * 0x010101) | 0xff000000) >>> 0;
  if (facts.samples === 3) {
    const mask = inverted ? 0xffffff : 0;
    for (let at = 0; at < count; at += 1) {
      const colour = pixels[at * 3]! | (pixels[at * 3 + 1]! << 8) | (pixels[at * 3 + 2]! << 16);
      words[at] = ((colour ^ mask) | 0xff000000) >>> 0;
    }
  } else if (pixels instanceof Float32Array) {
    for (let at = 0; at < count; at += 1) words[at] = gray(pixels[at]!);
  } else {
    // Few values, many pixels: each value that can occur is drawn once.
    const least = -(2 ** 15);
    const table = new Uint32Array(3 * 2 ** 15);
    for (let at = 0; at < count; at += 1) {
      const place = pixels[at]! - least;
      // An opaque word is never 0, so 0 means that this value was not drawn yet.
      words[at] = table[place] ||= gray(pixels[at]!);
    }
  }
  return new Uint8ClampedArray(words.buffer);
}

export function createCanvasPainter(canvas: HTMLCanvasElement): Painter {
  const picture = document.createElement('canvas');
  let drawn = '';

  function draw({ picture: name, frame, window, voiFunction, inverted }: Scene): void {
    const key = `${name} ${window.level} ${window.width} ${voiFunction} ${inverted}`;
    if (key === drawn) return;
    picture.width = frame.facts.columns;
    picture.height = frame.facts.rows;
    const pixels = windowedPixels(frame, window, inverted, voiFunction);
    picture.getContext('2d')?.putImageData(new ImageData(pixels, picture.width, picture.height), 0, 0);
    drawn = key;
  }

  return {
    renderer: 'cpu',
    async paint(scene) {
      draw(scene);
      const ratio = window.devicePixelRatio;
      const width = Math.max(1, Math.round(scene.pane.width * ratio));
      const height = Math.max(1, Math.round(scene.pane.height * ratio));
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      const context = canvas.getContext('2d');
      if (!context) return;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = '#000';
      context.fillRect(0, 0, width, height);
      context.imageSmoothingEnabled = true;
      const map = layerMatrix(matrixOf(scene.view, scene.frame.facts, scene.pane));
      const [a, b, c, d, e, f] = map.map((one) => one * ratio) as [number, number, number, number, number, number];
      context.setTransform(a, b, c, d, e, f);
      context.drawImage(picture, 0, 0);
    },
    resize() {
      // The next drawing sets the size.
    },
    close() {
      picture.width = 0;
      picture.height = 0;
    },
  };
}

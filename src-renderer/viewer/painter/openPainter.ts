import { getShouldUseCPURendering } from '@cornerstonejs/core';
import { preparePictures } from '../pictures.ts';
import { createCanvasPainter } from './canvasPainter.ts';
import { openGpuPainter } from './gpuPainter.ts';
import type { Painter } from './painter.ts';

/** The graphics card's painter where there is WebGL and it starts; else the processor's. */
export function openPainter(element: HTMLDivElement): Painter {
  preparePictures();
  if (!getShouldUseCPURendering()) {
    try {
      return openGpuPainter(element);
    } catch {
      element.replaceChildren();
    }
  }
  return openProcessorPainter(element);
}

function openProcessorPainter(element: HTMLDivElement): Painter {
  const canvas = document.createElement('canvas');
  canvas.className = 'processor-canvas';
  element.replaceChildren(canvas);
  return createCanvasPainter(canvas);
}

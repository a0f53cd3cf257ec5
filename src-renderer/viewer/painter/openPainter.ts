import { Enums, eventTarget, getShouldUseCPURendering } from '@cornerstonejs/core';
import { preparePictures } from '../pictures.ts';
import { createCanvasPainter } from './canvasPainter.ts';
import { openGpuPainter } from './gpuPainter.ts';
import type { Painter } from './painter.ts';

/** The graphics card took its context back (driver restarted, memory short): from then on the processor draws, until the page is loaded anew. */
let contextLost = false;

/**
 * The graphics card's painter where there is WebGL and it starts; else the processor's. `onLost` is called when the graphics card can draw
 * no more: whoever has the painter closes it, opens another and paints again.
 */
export function openPainter(element: HTMLDivElement, onLost: () => void): Painter {
  preparePictures();
  if (!contextLost && !getShouldUseCPURendering()) {
    try {
      return watchContext(openGpuPainter(element), onLost);
    } catch {
      element.replaceChildren();
    }
  }
  return openProcessorPainter(element);
}

function watchContext(painter: Painter, onLost: () => void): Painter {
  const lost = (): void => {
    contextLost = true;
    onLost();
  };
  eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, lost);
  return {
    ...painter,
    close() {
      eventTarget.removeEventListener(Enums.Events.WEBGL_CONTEXT_LOST, lost);
      painter.close();
    },
  };
}

function openProcessorPainter(element: HTMLDivElement): Painter {
  const canvas = document.createElement('canvas');
  canvas.className = 'processor-canvas';
  element.replaceChildren(canvas);
  return createCanvasPainter(canvas);
}

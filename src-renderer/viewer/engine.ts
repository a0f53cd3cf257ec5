/** Cornerstone, set up once per page: image loader, metadata, tools with their mouse buttons, bounded cache. */
import {
  cache,
  Enums,
  getRenderingEngine,
  getShouldUseCPURendering,
  imageLoader,
  init as initCore,
  metaData,
  RenderingEngine,
  StackViewport,
  type Types,
} from '@cornerstonejs/core';
import {
  addTool,
  Enums as ToolEnums,
  init as initTools,
  PanTool,
  ToolGroupManager,
  WindowLevelTool,
  ZoomTool,
} from '@cornerstonejs/tools';
import { fetchFrame, type Frame } from '../api/images.ts';
import { cornerstoneId, hostId, metadataOf, scheme, toCornerstoneImage } from './cornerstoneImage.ts';
import type { FrameFacts } from '../../src-shared/contract/library.ts';

const engineId = 'viewer';
const toolGroupId = 'navigation';
/** About 1,000 slices of 512×512 in 16 bit. */
const largestCacheBytes = 512 * 1024 * 1024;

const frames = new Map<string, Frame>();
let ready: Promise<void> | null = null;

function loadImage(imageId: string): ReturnType<Types.ImageLoaderFn> {
  const controller = new AbortController();
  const promise = fetchFrame(hostId(imageId), controller.signal).then((frame) => {
    // Metadata only: the pixels belong to Cornerstone's cache, which is bounded.
    frames.set(imageId, { facts: frame.facts, pixels: frame.pixels.subarray(0, 0) });
    return toCornerstoneImage(imageId, frame, getShouldUseCPURendering());
  });
  return { promise, cancelFn: () => controller.abort() };
}

async function setUp(): Promise<void> {
  initCore();
  initTools();
  cache.setMaxCacheSize(largestCacheBytes);
  imageLoader.registerImageLoader(scheme, loadImage);
  metaData.addProvider((type: string, imageId: unknown) => {
    const frame = typeof imageId === 'string' ? frames.get(imageId) : undefined;
    return frame && metadataOf(type, frame);
  }, 10_000);
  for (const tool of [WindowLevelTool, PanTool, ZoomTool]) addTool(tool);
  const group = ToolGroupManager.createToolGroup(toolGroupId);
  if (!group) throw new Error('The viewer was set up twice.');
  const { MouseBindings } = ToolEnums;
  group.addTool(WindowLevelTool.toolName);
  group.addTool(PanTool.toolName);
  group.addTool(ZoomTool.toolName);
  group.setToolActive(WindowLevelTool.toolName, {
    bindings: [{ mouseButton: MouseBindings.Primary }, { numTouchPoints: 1 }],
  });
  group.setToolActive(PanTool.toolName, { bindings: [{ mouseButton: MouseBindings.Auxiliary }] });
  group.setToolActive(ZoomTool.toolName, {
    bindings: [{ mouseButton: MouseBindings.Secondary }, { numTouchPoints: 2 }],
  });
}

export interface OpenViewport {
  viewport: Types.IStackViewport;
  renderer: 'gpu' | 'cpu';
  resize(): void;
  close(): void;
}

/** Turns an element of the page into a viewport; `close` gives its resources back. */
export async function openViewport(id: string, element: HTMLDivElement): Promise<OpenViewport> {
  ready ??= setUp();
  await ready;
  const engine = getRenderingEngine(engineId) ?? new RenderingEngine(engineId);
  engine.enableElement({
    viewportId: id,
    type: Enums.ViewportType.STACK,
    element,
    defaultOptions: { background: [0, 0, 0] },
  });
  const group = ToolGroupManager.getToolGroup(toolGroupId);
  group?.addViewport(id, engineId);
  const viewport = engine.getViewport(id);
  if (!(viewport instanceof StackViewport)) throw new Error('The viewport could not be opened.');
  return {
    viewport,
    renderer: getShouldUseCPURendering() ? 'cpu' : 'gpu',
    resize: () => engine.resize(true, true),
    close() {
      group?.removeViewports(engineId, id);
      engine.disableElement(id);
    },
  };
}

/** Facts of an image that was loaded before. */
export function factsOf(imageId: number): FrameFacts | null {
  return frames.get(cornerstoneId(imageId))?.facts ?? null;
}

/** Loads an image, or takes it from the cache. */
export async function loadFacts(imageId: number): Promise<FrameFacts> {
  await imageLoader.loadAndCacheImage(cornerstoneId(imageId));
  const facts = factsOf(imageId);
  if (!facts) throw new Error('The image was loaded without its facts.');
  return facts;
}

export function isCached(imageId: number): boolean {
  return cache.isLoaded(cornerstoneId(imageId));
}

/** The whole viewer behind its toolbar: which command does what. */
import { computed, ref } from 'vue';
import type { Client } from '../api/client.ts';
import { presets } from '../ui/windowPresets.ts';
import type { ViewerCommand } from './commands.ts';
import { isTooSmall, placed } from './measure/shapes.ts';
import { useMeasurements } from './measure/useMeasurements.ts';
import { isMeasuring, toolOf, type Tool } from './tools.ts';
import { useCine } from './useCine.ts';
import { useKeyImages } from './useKeyImages.ts';
import { usePanes, type Layout } from './usePanes.ts';
import { flipped, movedBy, oneToOneView, turned, zoomedAt, fittedView } from './view.ts';

const page = 10;
const zoomStep = 1.2;
/** CSS pixels. */
const panStep = 40;

const scrolls: Readonly<Partial<Record<ViewerCommand, number>>> = {
  next: 1,
  previous: -1,
  nextPage: page,
  previousPage: -page,
  first: -Infinity,
  last: Infinity,
};
const pans: Readonly<Partial<Record<ViewerCommand, readonly [number, number]>>> = {
  panUp: [0, -panStep],
  panDown: [0, panStep],
  panLeft: [-panStep, 0],
  panRight: [panStep, 0],
};
const layouts: Readonly<Partial<Record<ViewerCommand, Layout>>> = { layout1: '1', layout2: '2', layout4: '4' };

export function useViewer(client: Client) {
  const panes = usePanes(client);
  const measurements = useMeasurements(client);
  const keyImages = useKeyImages(client);
  const tool = ref<Tool>('window');
  const overlay = ref(true);
  const patientData = ref(false);
  const modelView = ref(false);
  const cine = useCine(() => {
    const pane = panes.activePane.value;
    // A slice that is still on its way is waited for: playing never runs ahead of what is seen.
    if (pane.facts.state !== 'loading') panes.scrollTo(panes.active.value, (pane.facts.index + 1) % pane.facts.count);
  });
  const shownImage = computed(() => panes.stacks[panes.active.value]?.[panes.activePane.value.facts.index] ?? null);

  function scroll(by: number): void {
    const { facts, wanted } = panes.activePane.value;
    const target = by === -Infinity ? 0 : by === Infinity ? facts.count - 1 : wanted() + by;
    panes.scrollTo(panes.active.value, Math.max(0, Math.min(facts.count - 1, target)));
  }

  function place(): void {
    const { picture, frame, view } = panes.activePane.value.shown;
    if (!picture || !frame || !view || !isMeasuring(tool.value)) return;
    const shape = placed(tool.value, [Math.round(view.centre[0]), Math.round(view.centre[1])], frame.facts);
    if (!isTooSmall(shape, 0)) measurements.add(picture, shape);
  }

  /** What changes how the picture lies; true when it was one of these. */
  function changeView(command: ViewerCommand): boolean {
    const pane = panes.activePane.value;
    const pan = pans[command];
    if (pan) pane.changeView((view, frame, size) => movedBy(view, frame, size, pan[0], pan[1]));
    else if (command === 'fit') pane.changeView((view, frame, size) => fittedView(frame, size, view.turn));
    else if (command === 'oneToOne') {
      pane.changeView((view, frame, size) => oneToOneView(view, frame, size, window.devicePixelRatio));
    } else if (command === 'rotate') pane.changeView((view) => turned(view));
    else if (command === 'flipHorizontal') pane.changeView((view) => flipped(view, 'horizontal'));
    else if (command === 'flipVertical') pane.changeView((view) => flipped(view, 'vertical'));
    else if (command === 'zoomIn' || command === 'zoomOut') {
      const factor = command === 'zoomIn' ? zoomStep : 1 / zoomStep;
      pane.changeView((view, frame, size) => zoomedAt(view, frame, size, factor, [size.width / 2, size.height / 2]));
    } else return false;
    return true;
  }

  function changeWindow(command: ViewerCommand): boolean {
    const pane = panes.activePane.value;
    if (command === 'fileWindow') panes.setWindow(panes.active.value, null);
    else if (command === 'invert') pane.setInverted(!pane.facts.inverted);
    else if (command === 'reset') pane.reset();
    else {
      const preset = presets.find((one) => command === `preset${one.key}`);
      if (!preset) return false;
      if (pane.shown.frame?.facts.units === 'HU') panes.setWindow(panes.active.value, preset.window);
    }
    return true;
  }

  async function changeLayout(layout: Layout): Promise<void> {
    cine.stop();
    await panes.setLayout(layout);
    if (tool.value === 'crosshair' && panes.layout.value !== 'planes') tool.value = 'window';
  }

  function mark(command: ViewerCommand): void {
    const stack = panes.stacks[panes.active.value] ?? [];
    if (command === 'keyImage') {
      if (shownImage.value !== null && panes.layout.value !== 'planes') void keyImages.toggle(shownImage.value);
      return;
    }
    const next = keyImages.next(stack, panes.activePane.value.facts.index);
    if (next !== null) panes.scrollTo(panes.active.value, next);
  }

  const switches: Readonly<Partial<Record<ViewerCommand, () => void>>> = {
    cine: cine.toggle,
    place,
    undo: measurements.undo,
    redo: measurements.redo,
    removeMeasurement: () => measurements.chosen.value && measurements.remove(measurements.chosen.value),
    model: () => (modelView.value = !modelView.value),
    overlay: () => (overlay.value = !overlay.value),
    patientData: () => (patientData.value = !patientData.value),
    keyImage: () => mark('keyImage'),
    nextKeyImage: () => mark('nextKeyImage'),
    planes: () => void changeLayout(panes.layout.value === 'planes' ? '1' : 'planes'),
    nextPane: () => (panes.active.value = (panes.active.value + 1) % panes.visible.value.length),
    linkSlices: () => (panes.linkSlices.value = !panes.linkSlices.value),
    linkWindows: () => (panes.linkWindows.value = !panes.linkWindows.value),
  };

  function run(command: ViewerCommand): void {
    const by = scrolls[command];
    const layout = layouts[command];
    const chosen = toolOf(command);
    if (by !== undefined) {
      cine.stop();
      scroll(by);
    } else if (layout) void changeLayout(layout);
    else if (chosen === 'crosshair' && panes.layout.value !== 'planes') return;
    else if (chosen) tool.value = chosen;
    else if (!changeView(command) && !changeWindow(command)) switches[command]?.();
  }

  return { panes, measurements, keyImages, tool, overlay, patientData, modelView, cine, shownImage, scroll, run };
}
export type Viewer = ReturnType<typeof useViewer>;

/** What the left button or one finger does. */
import type { MeasurementKind } from '../../src-shared/contract/viewer.ts';
import type { ViewerCommand } from './commands.ts';

export type Tool = 'window' | 'magnifier' | 'crosshair' | MeasurementKind;

export const toolCommands: Readonly<Record<Tool, ViewerCommand>> = {
  window: 'toolWindow',
  length: 'toolLength',
  angle: 'toolAngle',
  bidirectional: 'toolBidirectional',
  ellipse: 'toolEllipse',
  rectangle: 'toolRectangle',
  probe: 'toolProbe',
  magnifier: 'toolMagnifier',
  crosshair: 'toolCrosshair',
};

export function toolOf(command: ViewerCommand): Tool | null {
  return (Object.keys(toolCommands) as Tool[]).find((tool) => toolCommands[tool] === command) ?? null;
}

export function isMeasuring(tool: Tool): tool is MeasurementKind {
  return tool !== 'window' && tool !== 'magnifier' && tool !== 'crosshair';
}

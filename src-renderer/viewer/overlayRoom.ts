/** Panes up to this width (CSS pixels) have the scale bar above the words of the lower corners; PaneOverlay's style sheet says the same. */
const narrowPane = 420;

/** CSS pixels at the lower edge of a pane that letter, scale bar and corner words take. */
export function lowerWords(paneWidth: number): number {
  return paneWidth <= narrowPane ? 70 : 50;
}

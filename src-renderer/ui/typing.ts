/** True where a key is text or belongs to a form control, and no command. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !['checkbox', 'button'].includes(target.type);
}

/** True where Space and Enter belong to what has the focus: a button, a check box, the head of a section that opens. */
export function isOperated(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest('button, a, input, summary, [role="button"], [role="option"], [role="treeitem"]') !== null;
}

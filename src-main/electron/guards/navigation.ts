import { isPageAddress } from '../origin.ts';

interface NavigationEvent {
  preventDefault(): void;
  url: string;
}

/** The part of Electron's WebContents that navigation goes through. */
export interface Navigating {
  on(
    event: 'will-navigate' | 'will-redirect' | 'will-frame-navigate',
    listener: (event: NavigationEvent) => void,
  ): unknown;
  on(event: 'will-attach-webview', listener: (event: { preventDefault(): void }) => void): unknown;
  setWindowOpenHandler(handler: () => { action: 'deny' }): void;
}

/**
 * The window shows the workbench and nothing else: a page from elsewhere would run with the preload's desktop functions.
 * So navigation out of the page's origin, new windows and embedded web views are refused.
 */
export function stayOnPage(contents: Navigating): void {
  const refuseOthers = (event: NavigationEvent) => {
    if (!isPageAddress(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', refuseOthers);
  contents.on('will-redirect', refuseOthers);
  contents.on('will-frame-navigate', refuseOthers);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

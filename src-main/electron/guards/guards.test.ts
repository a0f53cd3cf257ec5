import { describe, expect, it } from 'vitest';
import { isPageAddress } from '../origin.ts';
import { stayOnPage, type Navigating } from './navigation.ts';
import { mayRequest, refuseNetwork } from './network.ts';
import { refusePermissions } from './permissions.ts';

/** Stands in for Electron's WebContents: keeps the listeners and lets a test raise their events. */
function fakeContents() {
  const listeners = new Map<string, (event: { preventDefault(): void; url: string }) => void>();
  let windowOpenHandler: (() => { action: string }) | null = null;
  const contents: Navigating = {
    on: (event: string, listener: (event: { preventDefault(): void; url: string }) => void) =>
      listeners.set(event, listener),
    setWindowOpenHandler: (handler) => {
      windowOpenHandler = handler;
    },
  };
  return {
    contents,
    openWindow: () => windowOpenHandler?.().action,
    raise(event: string, url: string): 'allowed' | 'prevented' | 'unheard' {
      let outcome: 'allowed' | 'prevented' | 'unheard' = listeners.has(event) ? 'allowed' : 'unheard';
      listeners.get(event)?.({ url, preventDefault: () => (outcome = 'prevented') });
      return outcome;
    },
  };
}

const foreign = [
  'https://example.org/',
  'http://127.0.0.1:8080/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'app://parenchyma.example.org/',
  'app://other/',
  'app://user@parenchyma/',
  'data:text/html,<script>alert(1)</script>',
  'not an address',
];

describe('navigation guard', () => {
  it.each(foreign)('refuses to leave the page for %s', (address) => {
    const { contents, raise } = fakeContents();
    stayOnPage(contents);
    for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
      expect(raise(event, address)).toBe('prevented');
    }
  });

  it('lets the page move within itself', () => {
    const { contents, raise } = fakeContents();
    stayOnPage(contents);
    expect(raise('will-navigate', 'app://parenchyma/#/results')).toBe('allowed');
  });

  it('opens no windows and attaches no web views', () => {
    const { contents, raise, openWindow } = fakeContents();
    stayOnPage(contents);
    expect(openWindow()).toBe('deny');
    expect(raise('will-attach-webview', 'app://parenchyma/')).toBe('prevented');
  });
});

describe('permission guard', () => {
  it('refuses every permission but full screen, without asking', () => {
    const answers: Record<string, boolean> = {};
    let check = true;
    let device = true;
    refusePermissions({
      setPermissionRequestHandler: (handler) => {
        for (const permission of ['media', 'geolocation', 'clipboard-read', 'openExternal', 'fullscreen']) {
          handler(null, permission, (granted) => (answers[permission] = granted));
        }
      },
      setPermissionCheckHandler: (handler) => (check = handler()),
      setDevicePermissionHandler: (handler) => (device = handler()),
    });
    expect(answers).toEqual({
      media: false,
      geolocation: false,
      'clipboard-read': false,
      openExternal: false,
      fullscreen: true,
    });
    expect([check, device]).toEqual([false, false]);
  });
});

describe('network guard', () => {
  it.each(['https://example.org/pixel.png', 'http://localhost/', 'ws://127.0.0.1:9/', 'file:///etc/passwd'])(
    'cancels %s',
    (address) => {
      let cancelled = false;
      refuseNetwork({
        webRequest: { onBeforeRequest: (listener) => listener({ url: address }, ({ cancel }) => (cancelled = cancel)) },
      });
      expect(cancelled).toBe(true);
    },
  );

  it('lets the page reach its own host and its own blobs', () => {
    expect(mayRequest('app://parenchyma/rpc/system/state')).toBe(true);
    expect(mayRequest('blob:app://parenchyma/0c8f')).toBe(true);
    expect(isPageAddress('app://parenchyma')).toBe(true);
  });
});

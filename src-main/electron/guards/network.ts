import { isPageAddress } from '../origin.ts';

/** The part of Electron's Session that every request of a page goes through. */
export interface Requesting {
  webRequest: {
    onBeforeRequest(
      listener: (details: { url: string }, answer: (response: { cancel: boolean }) => void) => void,
    ): void;
  };
}

/** Made in the page from its own data; they reach nothing outside. */
const localSchemes = ['blob:', 'data:', 'devtools:'];

export const mayRequest = (address: string): boolean =>
  isPageAddress(address) || localSchemes.some((local) => address.startsWith(local));

/** No byte leaves the building: whatever the page asks for that is not its own host is cancelled before it starts. */
export function refuseNetwork(session: Requesting): void {
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !mayRequest(url) }));
}

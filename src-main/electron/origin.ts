/** The page's only address. A standard, secure scheme of its own gives it an origin without any network. */
export const scheme = 'app';
export const pageOrigin = 'app://parenchyma';
export const pageAddress = `${pageOrigin}/`;

/** True for addresses of the page's own host; false for anything that cannot be parsed. */
export function isPageAddress(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === `${scheme}:` && url.host === 'parenchyma' && !url.username && !url.password;
}

/** The part of Electron's Session that permissions are asked through. */
export interface Permitting {
  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, answer: (granted: boolean) => void) => void,
  ): void;
  setPermissionCheckHandler(handler: () => boolean): void;
  setDevicePermissionHandler(handler: () => boolean): void;
}

/**
 * The workbench needs no camera, microphone, location, clipboard reading or device: nobody is asked, everything is refused.
 * Full screen is the one exception, for reading without distraction.
 */
export function refusePermissions(session: Permitting): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === 'fullscreen'));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}

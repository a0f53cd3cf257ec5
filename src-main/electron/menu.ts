import { dialog, Menu, type MenuItemConstructorOptions } from 'electron';

/** The few entries that belong to a window; everything else has its place in the page. */
export function setMenu(version: string): void {
  const about: MenuItemConstructorOptions = {
    label: 'About Parenchyma',
    click: () =>
      void dialog.showMessageBox({
        type: 'info',
        title: 'Parenchyma',
        message: `Parenchyma ${version}`,
        detail: 'For research use. Not a medical device.',
      }),
  };
  const isMac = process.platform === 'darwin';
  const macOnly: MenuItemConstructorOptions[] = [{ label: 'Parenchyma', submenu: [about, { role: 'quit' }] }];
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? macOnly : []),
    { label: 'File', submenu: [{ role: isMac ? 'close' : 'quit' }] },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    { label: 'For research use. Not a medical device.', submenu: [about] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

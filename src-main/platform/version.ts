import packageJson from '../../package.json' with { type: 'json' };

export const softwareVersion: string = packageJson.version;

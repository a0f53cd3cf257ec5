export { ensureEngine, locateEngine, type EngineInstallation } from './install.ts';

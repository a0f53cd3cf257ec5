export { exportModel, importModel } from './exportModel.ts';

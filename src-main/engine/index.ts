export { ensureEngine, locateEngine, type EngineInstallation } from './install.ts';
export {
  createComputeClient,
  type ComputeClient,
  type ComputeClientOptions,
  type ComputeListener,
  type ComputeStatus,
  type WeightsInspectedEvent,
} from './client.ts';
export { computeEnvironment, type ComputeChannel, type ForkCompute } from './channel.ts';
export { ComputeFailure, type ComputeFailureCode } from './failure.ts';
export { forkCompute } from './fork.ts';
export { packEngine } from './pack.ts';

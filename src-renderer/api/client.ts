/** The typed client of the host's procedures: the same contract that the host implements, over fetch on the page's own origin. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { inject, type App, type InjectionKey } from 'vue';
import type { Contract } from '../../src-shared/contract/index.ts';

export type Client = ContractRouterClient<Contract>;

export function createClient(origin: string): Client {
  return createORPCClient(new RPCLink({ url: `${origin}/rpc` }));
}

const clientKey: InjectionKey<Client> = Symbol('client');

export function provideClient(app: App, client: Client): void {
  app.provide(clientKey, client);
}

export function useClient(): Client {
  const client = inject(clientKey);
  if (!client) throw new Error('No client was provided to the application.');
  return client;
}

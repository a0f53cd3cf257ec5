/** A client for tests: the procedures a test names, and a clear error for every other. */
import type { Client } from '../client.ts';

type Procedures = { [Domain in keyof Client]?: Partial<Client[Domain]> };

export function fakeClient(procedures: Procedures): Client {
  const domain = (name: string, known: object | undefined) =>
    new Proxy(known ?? {}, {
      get(target, procedure) {
        if (procedure in target) return Reflect.get(target, procedure);
        return () => Promise.reject(new Error(`The test did not expect ${name}.${String(procedure)}.`));
      },
    });
  // A proxy has no type of its own; every member is one of the contract's domains.
  return new Proxy({}, { get: (_, name) => domain(String(name), Reflect.get(procedures, name)) }) as Client;
}

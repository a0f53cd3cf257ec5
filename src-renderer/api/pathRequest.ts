/** A wish for a folder or file, answered by the path dialog that the shell mounts once. */
import { shallowRef } from 'vue';

export type PathKind = 'folder' | 'file';

export interface PathRequest {
  kind: PathKind;
  title: string;
  answer(path: string | null): void;
}

export const pathRequest = shallowRef<PathRequest | null>(null);

export function requestPath(wish: { kind: PathKind; title: string }): Promise<string | null> {
  pathRequest.value?.answer(null);
  return new Promise((resolve) => {
    pathRequest.value = {
      ...wish,
      answer(path) {
        pathRequest.value = null;
        resolve(path);
      },
    };
  });
}

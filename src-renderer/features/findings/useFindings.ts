/** The findings of the open project, asked for again whenever the library changes. */
import { onMounted, watch } from 'vue';
import type { FindingsDocument } from '../../../src-shared/contract/findings.ts';
import { useClient } from '../../api/client.ts';
import { useAsync } from '../../api/useAsync.ts';
import { useSession } from '../../stores/session.ts';

export function useFindings() {
  const client = useClient();
  const session = useSession();
  const asked = useAsync<FindingsDocument>((signal) => client.findings.list(undefined, { signal }));
  onMounted(() => void asked.reload());
  watch(
    () => session.revision.library,
    () => void asked.reload(),
  );
  return asked;
}

/** `node importingProcess.ts PROJECT FOLDER`: imports and prints how many files are done, a number a line, until it is killed or finished. */
import { join } from 'node:path';
import { createDecoder, importPaths } from '../../src-main/library/index.ts';
import { openProjectStore } from '../../src-main/store/index.ts';

const [project, folder] = process.argv.slice(2) as [string, string];
const store = openProjectStore(join(project));
const decoder = createDecoder();
const print = (line: string): void => void process.stdout.write(`${line}\n`);
await importPaths(
  { store: store.imports, decoder },
  { paths: [folder], label: null, patientRule: null },
  {
    report: ({ phase, done }) => print(phase === 'importing' ? String(done) : phase),
    signal: new AbortController().signal,
  },
);
print('finished');
await decoder.close();
store.close();

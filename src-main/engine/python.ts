import { runCommand } from './command.ts';
import { EngineRefusal } from './refusal.ts';

/** Finds a Python with pip; pip is the client through which the wheels come. `PARENCHYMA_PYTHON` names one explicitly. */
export async function findPython(signal?: AbortSignal): Promise<string> {
  const named = process.env.PARENCHYMA_PYTHON;
  const candidates = named ? [named] : ['python3', 'python'];
  let found: string | null = null;
  for (const candidate of candidates) {
    const version = await runCommand(candidate, ['-c', 'import sys; assert sys.version_info >= (3, 8)'], { signal });
    if (version.exitCode !== 0) continue;
    found ??= candidate;
    const pip = await runCommand(candidate, ['-m', 'pip', '--version'], { signal });
    if (pip.exitCode === 0) return candidate;
  }
  if (found === null) {
    throw new EngineRefusal(
      'NO_PYTHON',
      'Python 3.8 or newer was not found. It is needed once, to obtain TensorFlow with pip. Install python3 and python3-pip, or name one in PARENCHYMA_PYTHON.',
    );
  }
  throw new EngineRefusal(
    'NO_PIP',
    `${found} has no pip. It is needed once, to obtain TensorFlow. Install the package python3-pip (or run "${found} -m ensurepip").`,
  );
}

/** Extracts the wanted members of wheels whose hash was checked; refuses paths that lead outside, and absurd sizes. */
const extractProgram = `
import json, os, re, shutil, sys, zipfile
job = json.loads(sys.argv[1])
keep = re.compile('^(?:' + '|'.join(job['keep']) + ')$')
total = 0
for wheel in job['wheels']:
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            if member.is_dir() or not keep.match(member.filename):
                continue
            parts = member.filename.split('/')
            if '..' in parts or member.filename.startswith('/'):
                sys.exit('refused path ' + member.filename)
            total += member.file_size
            if total > job['capBytes']:
                sys.exit('refused size')
            target = os.path.join(job['into'], *parts)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with archive.open(member) as source, open(target, 'wb') as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
            os.chmod(target, 0o755 if parts[-2] == 'bin' else 0o644)
`;

export async function extractWheels(
  python: string,
  job: { wheels: string[]; keep: string[]; into: string; capBytes: number },
  signal?: AbortSignal,
): Promise<void> {
  const result = await runCommand(python, ['-I', '-c', extractProgram, JSON.stringify(job)], { signal });
  if (result.exitCode === 0) return;
  signal?.throwIfAborted();
  if (/No space left|Errno 28|Disk quota/.test(result.errors)) {
    throw Object.assign(new Error('The disk is full.'), { code: 'ENOSPC' });
  }
  throw new EngineRefusal(
    'DOWNLOAD_FAILED',
    `TensorFlow's package could not be unpacked: ${lastLine(result.errors)}. Run "node scripts/setup/engine.ts" again.`,
  );
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

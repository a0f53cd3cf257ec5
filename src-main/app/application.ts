import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { splitRequestSchema } from '../../src-shared/contract/splits.ts';
import type { Diagnosis } from '../../src-shared/contract/runs.ts';
import type { ViewerKeys } from '../../src-shared/contract/viewer.ts';
import type { BackendName } from '../../src-shared/contract/vocabulary.ts';
import { softwareVersion } from '../platform/version.ts';
import { backendPreference, backendsToTry } from './backendPreference.ts';
import { createOfficialWeights } from './officialWeights.ts';
import type { ApplicationParts } from './parts.ts';
import { openProject, type ProjectSession } from './session.ts';

/** The program without any shell: at most one open project, the decoder, the compute process. */
export function createApplication(parts: ApplicationParts) {
  let current: ProjectSession | null = null;

  async function closeProject(): Promise<void> {
    const closing = current;
    current = null;
    await closing?.close();
  }

  async function use(next: ProjectSession): Promise<ProjectSession> {
    await closeProject();
    current = next;
    await parts.settings.rememberProject(next.path, new Date().toISOString());
    return next;
  }

  const open = async (path: string): Promise<ProjectSession> => {
    const resolved = resolve(path);
    if (current?.path === resolved) return current;
    return use(await openProject(resolved, null, parts));
  };

  const create = async (name: string, directory: string | null): Promise<ProjectSession> => {
    const path = projectPath(name, directory ?? parts.projectsDirectory);
    if (existsSync(path)) throw projectExists(path);
    return use(await openProject(path, basename(path, extension), parts));
  };

  return {
    decoder: parts.decoder,
    weights: createOfficialWeights(),
    session: () => current,
    requireSession(): ProjectSession {
      if (!current)
        throw new ExpectedError({
          code: 'NO_PROJECT',
          message: 'No project is open.',
          remedy: 'Open or create one first.',
        });
      return current;
    },
    recentProjects: () => parts.settings.recentProjects(),
    viewerKeys: () => parts.settings.viewerKeys(),
    saveViewerKeys: (keys: ViewerKeys) => parts.settings.saveViewerKeys(keys),
    open,
    create,
    closeProject,

    /** The synthetic study as a project of its own, labelled and split, under the first free name. */
    async createSample(context: JobContext): Promise<ProjectSession> {
      const parent = parts.projectsDirectory;
      await mkdir(parent, { recursive: true });
      const studyPath = join(parent, 'Sample study (synthetic)');
      await parts.writeSampleStudy(studyPath, context);
      context.signal.throwIfAborted();
      const session = await create(freeName(parent, 'Sample chest CT'), parent);
      for (const [folder, label] of [
        ['positive', 'Ground glass'],
        ['negative', 'No ground glass'],
      ] as const) {
        const request = { paths: [join(studyPath, folder)], label, set: null, splitFiles: null, patientRule: null };
        await session.importImages(request, context);
      }
      session.saveClasses(session.classes().map((one) => ({ ...one, positive: one.name === 'Ground glass' })));
      session.split(splitRequestSchema.parse({ ratio: [60, 20, 20], seed: 1 }));
      return session;
    },

    /** From now on this backend only; null takes the best that works. */
    async chooseBackend(backend: BackendName | null): Promise<Diagnosis> {
      await parts.settings.saveBackend(backend);
      await parts.compute.prefer(backendsToTry(backendPreference(process.env, backend)));
      return this.diagnose();
    },

    async diagnose(): Promise<Diagnosis> {
      const { chosen, refusals } = await parts.compute.status();
      return {
        preference: backendPreference(process.env, await parts.settings.backend()),
        backend: chosen?.backend ?? 'none',
        libraryVersion: chosen?.libraryVersion ?? null,
        device: chosen?.device ?? null,
        info: chosen,
        refusals,
        memory: { totalBytes: totalmem(), freeBytes: freemem() },
        versions: { parenchyma: softwareVersion, ...processVersions() },
        missing: refusals.map(({ backend, reason }) => ({ what: backend, remedy: reason })),
      };
    },

    /** Projects are not exchanged, and second trainings not begun, while work is under way. */
    refuseWhileBusy(running: number): void {
      if (running === 0) return;
      throw new ExpectedError({
        code: 'BUSY',
        message: 'Something is still running.',
        kept: 'It goes on.',
        remedy: 'Wait until it ends, or cancel it in the bar at the top.',
      });
    },

    /** Closes the project, the decoder's workers and the compute process. Safe to call twice. */
    async close(): Promise<void> {
      await closeProject();
      await Promise.all([parts.decoder.close(), parts.compute.close()]);
    },
  };
}
export type Application = ReturnType<typeof createApplication>;

const extension = '.parenchyma';

/** `NAME` or `path/NAME[.parenchyma]` → absolute path of the project folder. Characters no file system likes are refused. */
export function projectPath(name: string, directory: string): string {
  const trimmed = name.trim();
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must not be in a folder's name
  if (trimmed === '' || trimmed === '.' || trimmed === '..' || /[\\/:*?"<>|\u0000-\u001f]/.test(trimmed)) {
    throw new ExpectedError({
      code: 'INVALID_INPUT',
      message: `“${name}” cannot be the name of a folder.`,
      remedy: 'Use letters, digits, spaces, dots and dashes.',
    });
  }
  return join(resolve(directory), trimmed.endsWith(extension) ? trimmed : `${trimmed}${extension}`);
}

function freeName(directory: string, wanted: string): string {
  let name = wanted;
  for (let number = 2; existsSync(projectPath(name, directory)); number++) name = `${wanted} ${number}`;
  return name;
}

function projectExists(path: string): ExpectedError {
  return new ExpectedError({
    code: 'PROJECT_EXISTS',
    message: `There is something at ${path} already.`,
    remedy: 'Choose another name, or open that project.',
  });
}

function processVersions(): Record<string, string> {
  const { node, v8, electron, chrome } = process.versions;
  return { node, v8, ...(electron ? { electron } : {}), ...(chrome ? { chrome } : {}) };
}

/** From the click on a series to the pixels of its first picture, through the host as the interface asks it. */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { imageRoutes } from '../../src-main/host/imageRoutes.ts';
import { composeApplication } from '../../src-main/app/compose.ts';
import { forkCompute } from '../../src-main/engine/index.ts';

export interface FirstPicture {
  slices: number;
  coldMilliseconds: number;
  warmMilliseconds: number;
}

export async function firstPicture(project: string): Promise<FirstPicture> {
  const image = someImage(project);
  const { application } = await composeApplication({ forkCompute });
  try {
    await application.open(project);
    const click = async (id: number): Promise<{ slices: number; milliseconds: number }> => {
      const before = performance.now();
      const stack = application.requireSession().stack(id);
      const response = await imageRoutes(application).request(`/images/${stack.images[0]!.id}/pixels`);
      await response.arrayBuffer();
      if (!response.ok) throw new Error('The picture could not be read.');
      return { slices: stack.images.length, milliseconds: performance.now() - before };
    };
    const cold = await click(image);
    const warm = await click(image);
    return { slices: cold.slices, coldMilliseconds: cold.milliseconds, warmMilliseconds: warm.milliseconds };
  } finally {
    await application.close();
  }
}

function someImage(project: string): number {
  const database = new DatabaseSync(join(project, 'project.sqlite'), { readOnly: true });
  const id = database.prepare('SELECT id FROM images ORDER BY id LIMIT 1').get()?.id;
  database.close();
  return Number(id);
}

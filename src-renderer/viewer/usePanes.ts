/** Up to four panes side by side, what each of them shows, and how they follow one another. */
import { computed, ref, shallowReactive, shallowRef } from 'vue';
import type { PatientStack, StackImage } from '../../src-shared/contract/viewer.ts';
import type { Window } from '../../src-shared/contract/vocabulary.ts';
import type { Failure } from '../../src-shared/contract/errors.ts';
import type { Client } from '../api/client.ts';
import { toFailure } from '../api/failure.ts';
import { linkedSlice, nearestSlice, type Places } from './linking.ts';
import { pictureId } from './pictures.ts';
import { usePane, type Pane } from './usePane.ts';
import { usePlanes } from './usePlanes.ts';

export type Layout = '1' | '2' | '4' | 'planes';

const paneCount: Readonly<Record<Layout, number>> = { '1': 1, '2': 2, '4': 4, planes: 3 };

export function usePanes(client: Client) {
  const panes: readonly Pane[] = [usePane(), usePane(), usePane(), usePane()];
  /** Host ids of each pane's stack. */
  const stacks = shallowReactive<(readonly number[])[]>([[], [], [], []]);
  const layout = ref<Layout>('1');
  const active = ref(0);
  const linkSlices = ref(true);
  const linkWindows = ref(true);
  /** All stacks of the patient, to choose from beside the first pane. */
  const choices = shallowRef<readonly PatientStack[]>([]);
  /** Why the host could not say what stands beside the first pane. */
  const failure = ref<Failure | null>(null);
  const places = new Map<number, StackImage>();
  const planes = usePlanes(client, panes);
  const visible = computed(() => panes.slice(0, paneCount[layout.value]));
  let asked = '';

  function setStack(number: number, ids: readonly number[], index: number): void {
    stacks[number] = ids;
    panes[number]?.setStack(ids.map(pictureId), index);
  }

  async function learnPlaces(ids: readonly number[]): Promise<void> {
    const unknown = ids.filter((id) => !places.has(id));
    if (unknown.length === 0) return;
    for (const one of await client.viewer.stackImages({ imageIds: unknown })) places.set(one.id, one);
  }
  const placesOf = (number: number): Places => stacks[number]!.map((id) => places.get(id));

  async function trying(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      failure.value = null;
    } catch (error) {
      failure.value = toFailure(error);
    }
  }

  /** The panes beside the first show the patient's other series, or the same one where there is none. */
  async function fill(): Promise<void> {
    const [first = []] = stacks;
    const [image] = first;
    if (image === undefined) return;
    choices.value = await client.viewer.patientStacks({ imageId: image });
    const others = choices.value.filter((stack) => !stack.images.includes(image));
    const beside = visible.value.slice(1).map((_, place) => others[place]?.images ?? first);
    await Promise.all([first, ...beside].map(learnPlaces));
    // Somebody may have gone on to another stack meanwhile.
    if (stacks[0] !== first) return;
    const units = panes[0]!.shown.frame?.facts.units;
    beside.forEach((ids, place) => {
      if (units) panes[place + 1]!.lookLike(panes[0]!.facts, units);
      setStack(place + 1, ids, ids === first ? panes[0]!.wanted() : beginning(ids));
    });
  }

  /** Where a stack is opened: at the place of the first pane, else in its middle. */
  function beginning(ids: readonly number[]): number {
    const there = ids.map((id) => places.get(id));
    return nearestSlice(placesOf(0), panes[0]!.wanted(), there) ?? Math.floor(ids.length / 2);
  }

  async function setLayout(next: Layout): Promise<void> {
    if (next === layout.value) return;
    const wasPlanes = layout.value === 'planes';
    const index = panes[0]!.facts.index;
    if (next === 'planes' && !(await planes.show(stacks[0]!, index))) return;
    if (wasPlanes) {
      planes.close();
      setStack(0, stacks[0]!, index);
    }
    layout.value = next;
    active.value = Math.min(active.value, paneCount[next] - 1);
    if (next === '2' || next === '4') await trying(fill);
  }

  return {
    panes,
    visible,
    layout,
    active,
    linkSlices,
    linkWindows,
    choices,
    failure,
    stacks,
    planes,
    activePane: computed(() => panes[active.value]!),
    setLayout,

    /** Another first stack: the panes beside it are filled anew. */
    async setFirst(ids: readonly number[], index: number): Promise<void> {
      const before = asked;
      asked = ids.join();
      if (asked === before) return void panes[0]!.goTo(index);
      if (layout.value === 'planes') {
        planes.close();
        layout.value = '1';
        active.value = 0;
      }
      setStack(0, ids, index);
      if (ids.length === 0) visible.value.slice(1).forEach((_, place) => setStack(place + 1, [], 0));
      else if (layout.value !== '1') await trying(fill);
    },

    async choose(number: number, stack: PatientStack): Promise<void> {
      await trying(() => learnPlaces(stack.images));
      setStack(number, stack.images, beginning(stack.images));
    },

    scrollTo(number: number, index: number): void {
      const pane = panes[number]!;
      const before = pane.wanted();
      pane.goTo(index);
      const after = pane.wanted();
      if (!linkSlices.value || layout.value === '1' || layout.value === 'planes' || after === before) return;
      visible.value.forEach((other, place) => {
        if (place === number) return;
        other.goTo(linkedSlice(placesOf(number), before, after, placesOf(place), other.wanted()));
      });
    },

    setWindow(number: number, window: Window | null): void {
      const units = panes[number]!.shown.frame?.facts.units;
      const linked = linkWindows.value || layout.value === 'planes';
      visible.value.forEach((pane, place) => {
        if (place === number || (linked && pane.shown.frame?.facts.units === units)) pane.setWindow(window);
      });
    },

    close(): void {
      planes.close();
      for (const pane of panes) pane.close();
    },
  };
}

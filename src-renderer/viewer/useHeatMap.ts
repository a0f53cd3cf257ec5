/** The heat map of the image on the screen, as plain reactive facts and choices. */
import { computed, onUnmounted, reactive, ref, shallowRef, watch } from 'vue';
import type { HeatMapMethod, HeatMapModel } from '../../src-shared/contract/heatmaps.ts';
import { useClient } from '../api/client.ts';
import { isAbort, toFailure } from '../api/failure.ts';
import { fetchHeatMap, type HeatMap } from '../api/images.ts';
import { useJobs } from '../stores/jobs.ts';

/** While one scrolls, the maps of the slices in between are not asked for. */
const restMilliseconds = 80;
/** How soon a map is asked for again that another computation stood in the way of. */
const retryMilliseconds = 3000;

export interface HeatMapState {
  pending: boolean;
  /** Why there is no map, in words. */
  problem: string;
  /** Rank correlation with occlusion, where both maps were made. */
  agreement: number | null;
  /** Share of an occlusion map that is done. */
  share: number | null;
}

export function useHeatMap(run: () => string | null, imageId: () => number | null) {
  const client = useClient();
  const jobs = useJobs();
  const on = ref(false);
  const method = ref<HeatMapMethod>('gradCam');
  /** Null is the positive class. */
  const chosenClass = ref<number | null>(null);
  const opacity = ref(0.6);
  const model = shallowRef<HeatMapModel | null>(null);
  const loaded = shallowRef<{ imageId: number; run: string; map: HeatMap } | null>(null);
  const state = reactive<HeatMapState>({ pending: false, problem: '', agreement: null, share: null });
  let current: AbortController | null = null;

  /** Never the map of another image, class or method than those chosen. */
  const map = computed(() => {
    const known = loaded.value;
    if (!on.value || known === null || known.imageId !== imageId() || known.run !== run()) return null;
    const wanted = chosenClass.value ?? model.value?.positive;
    return known.map.facts.method === method.value && known.map.facts.class === wanted ? known.map : null;
  });

  /** Occlusion takes a forward pass per cell, so it is a job that can be watched and stopped. */
  async function makeOcclusion(id: number, ofRun: string, signal: AbortSignal): Promise<void> {
    const { job } = await client.heatmaps.prepare(
      { run: ofRun, imageIds: [id], class: chosenClass.value, method: 'occlusion' },
      { signal },
    );
    const stop = () => void jobs.cancel(job);
    signal.addEventListener('abort', stop, { once: true });
    const stopWatching = watch(
      () => jobs.byId.get(job)?.progress,
      (progress) => (state.share = progress?.total ? progress.done / progress.total : null),
    );
    const ended = await jobs.ended(job);
    stopWatching();
    signal.removeEventListener('abort', stop);
    state.share = null;
    if (ended.failure && !signal.aborted) throw Object.assign(new Error(), { data: ended.failure });
  }

  async function load(id: number, ofRun: string, signal: AbortSignal): Promise<void> {
    if (model.value?.run !== ofRun) {
      model.value = await client.heatmaps.model({ run: ofRun }, { signal });
      if (chosenClass.value !== null && chosenClass.value >= model.value.classes.length) chosenClass.value = null;
    }
    if (method.value === 'occlusion') await makeOcclusion(id, ofRun, signal);
    const made = await fetchHeatMap(ofRun, id, { class: chosenClass.value, method: method.value }, signal);
    if (signal.aborted) return;
    loaded.value = { imageId: id, run: ofRun, map: made };
    const { correlation } = await client.heatmaps.agreement(
      { run: ofRun, imageId: id, class: chosenClass.value },
      { signal },
    );
    if (!signal.aborted) state.agreement = correlation;
  }

  async function refresh(): Promise<void> {
    current?.abort();
    Object.assign(state, { pending: false, problem: '', agreement: null, share: null });
    const [id, ofRun] = [imageId(), run()];
    if (!on.value || id === null || ofRun === null) return;
    const mine = new AbortController();
    current = mine;
    state.pending = true;
    await new Promise((resolve) => setTimeout(resolve, restMilliseconds));
    while (!mine.signal.aborted) {
      try {
        await load(id, ofRun, mine.signal);
        break;
      } catch (error) {
        if (mine.signal.aborted || isAbort(error)) return;
        const failure = toFailure(error);
        state.problem = failure.message;
        if (failure.code !== 'BUSY') break;
        state.problem = 'Another computation is running; the heat map comes when it is done.';
        await new Promise((resolve) => setTimeout(resolve, retryMilliseconds));
      }
    }
    if (mine.signal.aborted) return;
    state.pending = false;
    if (map.value !== null) state.problem = '';
  }

  // The slow method is chosen for one image at a time.
  watch([imageId, run], () => (method.value = 'gradCam'));
  watch([on, imageId, run, chosenClass, method], () => void refresh());
  onUnmounted(() => current?.abort());

  return { on, method, chosenClass, opacity, model, map, state };
}
export type HeatMapView = ReturnType<typeof useHeatMap>;

/** One route per screen. The address lives behind `#`, so that both shells serve one page. */
import { createRouter, createWebHashHistory, type Router, type RouteRecordRaw } from 'vue-router';
import type { IconName } from '../ui/icons.ts';

export interface Screen {
  name: string;
  words: string;
  icon: IconName;
  /** Letter after `g` that opens the screen. */
  key: string;
}

/** In the order of the job. */
export const screens: readonly Screen[] = [
  { name: 'images', words: 'Images', icon: 'images', key: 'i' },
  { name: 'labels', words: 'Labels', icon: 'labels', key: 'l' },
  { name: 'train', words: 'Train', icon: 'train', key: 't' },
  { name: 'results', words: 'Results', icon: 'results', key: 'r' },
  { name: 'review', words: 'Review', icon: 'review', key: 'v' },
  { name: 'report', words: 'Report', icon: 'report', key: 'p' },
];

export const footScreens: readonly Screen[] = [
  { name: 'settings', words: 'Settings', icon: 'settings', key: 's' },
  { name: 'help', words: 'Help', icon: 'help', key: 'h' },
];

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'start', component: () => import('../features/start/StartScreen.vue') },
  { path: '/images', name: 'images', component: () => import('../features/images/ImagesScreen.vue') },
  { path: '/labels', name: 'labels', component: () => import('../features/labels/LabelsScreen.vue') },
  {
    path: '/labels/disagreements',
    name: 'disagreements',
    component: () => import('../features/labels/DisagreementsScreen.vue'),
  },
  { path: '/train', name: 'train', component: () => import('../features/train/TrainScreen.vue') },
  { path: '/train/search', name: 'search', component: () => import('../features/search/SearchScreen.vue') },
  { path: '/results', name: 'results', component: () => import('../features/results/ResultsScreen.vue') },
  { path: '/results/compare', name: 'compare', component: () => import('../features/compare/CompareScreen.vue') },
  { path: '/review', name: 'review', component: () => import('../features/review/ReviewScreen.vue') },
  { path: '/report', name: 'report', component: () => import('../features/report/ReportScreen.vue') },
  { path: '/settings', name: 'settings', component: () => import('../features/settings/SettingsScreen.vue') },
  { path: '/help', name: 'help', component: () => import('../features/help/HelpScreen.vue') },
  { path: '/:rest(.*)*', redirect: '/' },
];

export function createAppRouter(): Router {
  return createRouter({ history: createWebHashHistory(), routes });
}

/**
 * The router listens to the address from its first screen on, and then writes that screen's address: one that was typed or followed while it
 * was loading would be lost. So it is noted, and gone to afterwards.
 */
export function heedEarlyAddress(
  router: Router,
  page: Pick<Window, 'addEventListener' | 'removeEventListener' | 'location'>,
): void {
  let early: string | null = null;
  const note = () => (early = page.location.hash.slice(1));
  page.addEventListener('hashchange', note);
  void router.isReady().finally(() => {
    page.removeEventListener('hashchange', note);
    if (early !== null) void router.replace(early);
  });
}

/** Screens that make sense only while a project is open. */
export function needsProject(name: string): boolean {
  return [...screens.map((screen) => screen.name), 'compare', 'search', 'disagreements'].includes(name);
}

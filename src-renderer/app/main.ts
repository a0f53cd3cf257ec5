import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { z } from 'zod';
import { createClient, provideClient } from '../api/client.ts';
import '../ui/theme.css';
import App from './App.vue';
import { createAppRouter, heedEarlyAddress } from './router.ts';

// The content security policy forbids compiled validators.
z.config({ jitless: true });

const app = createApp(App);
provideClient(app, createClient(window.location.origin));
app.use(createPinia());
const router = createAppRouter();
heedEarlyAddress(router, window);
app.use(router);
app.mount('#app');

import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { z } from 'zod';
import { createClient, provideClient } from '../api/client.ts';
import '../ui/theme.css';
import App from './App.vue';
import { createAppRouter } from './router.ts';

// The content security policy forbids compiled validators.
z.config({ jitless: true });

const app = createApp(App);
provideClient(app, createClient(window.location.origin));
app.use(createPinia());
app.use(createAppRouter());
app.mount('#app');

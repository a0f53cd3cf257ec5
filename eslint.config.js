import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import vue from 'eslint-plugin-vue';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import vueParser from 'vue-eslint-parser';

const features = ['library', 'training', 'evaluation', 'report'];

/** One zone: files below `target` may not import from `from`; the message says why. */
const zone = (target, from, message, except) => ({ target, from, message, ...(except ? { except } : {}) });

const layers = [
  zone(
    './src-shared',
    ['./src-main', './src-renderer', './models'],
    'src-shared is stateless and imports nobody: dependencies point downward only.',
  ),
  zone(
    './src-renderer',
    ['./src-main', './models'],
    'The renderer knows the contract only (src-shared); it reaches the host through src-renderer/api.',
  ),
  zone('./src-main', './src-renderer', 'The host never imports the interface: dependencies point downward only.'),
  ...features.map((feature) =>
    zone(
      `./src-main/${feature}`,
      [
        './src-main/store',
        './src-main/host',
        './src-main/electron',
        './src-main/serve',
        './src-main/cli',
        './src-main/compute',
      ],
      'A feature states what it needs as a port; electron/, serve/ and cli/ put the concrete parts together.',
    ),
  ),
  ...features.flatMap((feature) =>
    features
      .filter((other) => other !== feature)
      .map((other) =>
        zone(
          `./src-main/${feature}`,
          `./src-main/${other}`,
          'A feature imports another feature through its index.ts only, never its insides.',
          ['./index.ts'],
        ),
      ),
  ),
  zone(
    './src-main/compute',
    ['./src-main'],
    'compute/ is a process of its own: it shares only the contract with the rest.',
    ['./compute'],
  ),
  zone(
    './src-main/store',
    ['./src-main/host', './src-main/electron', './src-main/serve', './src-main/cli', './src-main/compute'],
    'The store implements ports of the features; it knows no host and no entry.',
  ),
  zone(
    './src-main/host',
    ['./src-main/electron', './src-main/serve', './src-main/cli', './src-main/compute', './src-main/store'],
    'The host receives its parts; only entries (electron/, serve/, cli/) put concrete parts together.',
  ),
  zone('./src-main/platform', ['./src-main'], 'platform/ is the bottom: it imports nothing of the application.', [
    './platform',
  ]),
  zone('./models', ['./src-main', './src-renderer'], 'models/ are descriptions; whoever runs them imports them.'),
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'test-results/', 'test/fixtures/'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.{ts,js,mjs,vue}'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [importX.createNodeResolver({ extensions: ['.ts', '.vue', '.js', '.mjs'] })],
    },
    languageOptions: { globals: { ...globals.node } },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: layers.map((one) => ({ ...one, from: one.from })) }],
      'import-x/no-cycle': ['error', { maxDepth: 8 }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser, sourceType: 'module' } },
  },
  {
    files: ['src-renderer/**'],
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/multi-word-component-names': 'off',
      'no-restricted-globals': ['error', { name: 'fetch', message: 'Only src-renderer/api calls fetch.' }],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*', 'electron'], message: 'The page has no Node and no Electron.' },
            { group: ['@cornerstonejs/*'], message: 'src-renderer/viewer is the only importer of Cornerstone.' },
          ],
        },
      ],
    },
  },
  {
    files: ['src-renderer/viewer/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*', 'electron'], message: 'The page has no Node and no Electron.' }] },
      ],
    },
  },
  { files: ['src-renderer/api/**', 'src-renderer/viewer/**'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['src-main/**'],
    ignores: ['src-main/electron/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'electron', message: 'src-main/electron is the only importer of electron.' }] },
      ],
    },
  },
  { files: ['scripts/**', 'bench/**', 'src-main/cli/**', 'test/**'], rules: { 'no-console': 'off' } },
);

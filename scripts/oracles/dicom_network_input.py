"""Writes test/fixtures/network-input.json: what torchvision and pydicom make of small arrays on the way to the network.

Modality LUT and window by pydicom (PS3.3 C.11.2.1.2.1), 8 bit, then torchvision's antialiased bilinear resize of float32 bytes, rounded.
Run with a Python that has numpy, pydicom, torch and torchvision:  python scripts/oracles/dicom_network_input.py
"""

import json
from pathlib import Path

import numpy as np
import torch
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from torchvision.transforms.v2 import functional

OUT = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "network-input.json"


def windowed(stored, slope, intercept, level, width):
    header = Dataset()
    header.RescaleSlope, header.RescaleIntercept = slope, intercept
    header.WindowCenter, header.WindowWidth, header.VOILUTFunction = level, width, "LINEAR"
    header.PhotometricInterpretation, header.BitsStored, header.PixelRepresentation = "MONOCHROME2", 16, 1
    hounsfield = apply_modality_lut(stored, header)
    shown = apply_voi_lut(hounsfield, header)
    low, high = output_range(header, slope, intercept)
    return np.floor((shown - low) / (high - low) * 255 + 0.5).astype(np.uint8)


def output_range(header, slope, intercept):
    # pydicom scales to the range of the modality values that the stored type can hold.
    ends = sorted([-(2**15) * slope + intercept, (2**15 - 1) * slope + intercept])
    return ends[0], ends[1]


def resized(gray, size):
    image = torch.from_numpy(gray.astype(np.float32))[None]
    result = functional.resize(image, [size, size], antialias=True)[0]
    return np.floor(result.numpy().clip(0, 255) + 0.5).astype(np.uint8)


def case(name, rows, columns, size, slope, intercept, level, width, seed):
    random = np.random.default_rng(seed)
    smooth = np.add.outer(np.arange(rows) * 37, np.arange(columns) * 23) % 2000
    stored = (smooth + random.integers(-150, 150, (rows, columns)) - 400).astype(np.int16)
    gray = windowed(stored, slope, intercept, level, width)
    return {
        "name": name,
        "rows": rows,
        "columns": columns,
        "size": size,
        "slope": slope,
        "intercept": intercept,
        "window": {"level": level, "width": width},
        "stored": stored.ravel().tolist(),
        "gray": gray.ravel().tolist(),
        "input": resized(gray, size).ravel().tolist(),
    }


cases = [
    case("half the size, lung window", 24, 24, 12, 1, -1024, -600, 1500, 1),
    case("odd shrinking of a wide picture", 17, 31, 9, 1, 0, 40, 400, 2),
    case("growing", 7, 5, 16, 1, -500, -600, 1500, 3),
    case("fractional slope", 20, 20, 8, 0.5, -700, -600, 1500, 4),
    case("shrinking by ten", 60, 50, 6, 1, -1024, 50, 350, 5),
    case("one way up, the other down", 6, 40, 16, 1, -1024, -600, 1500, 6),
]
OUT.write_text(json.dumps({"cases": cases}, separators=(",", ":")) + "\n")
print(f"{len(cases)} cases written to {OUT}")

"""Small plain pictures of every kind that the decoder must read right, and what Pillow makes of them.

    python3 -m venv V && V/bin/pip install pillow numpy
    V/bin/python scripts/oracles/pictures.py

writes test/fixtures/pictures/* and test/fixtures/pictures/expected.json: 8-bit RGB of the picture as it is meant to be seen (EXIF orientation
applied, transparency laid on black), or gray values in the depth of the file.
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

OUT = Path(__file__).resolve().parents[2] / "test/fixtures/pictures"
ROWS, COLUMNS = 9, 12
random = np.random.default_rng(7)
files = []


def save(image, name, tolerance=0, frames=1, **options):
    path = OUT / name
    image.save(path, **options)
    read = ImageOps.exif_transpose(Image.open(path))
    entry = {"path": name, "rows": read.height, "columns": read.width, "frames": frames, "tolerance": tolerance}
    if read.mode in ("1", "L"):
        entry["gray"] = np.asarray(read.convert("L")).reshape(-1).tolist()
    elif read.mode.startswith("I"):
        entry["gray"] = np.asarray(read).astype(int).reshape(-1).tolist()
    else:
        rgba = read.convert("RGBA")
        entry["rgb"] = np.asarray(Image.alpha_composite(Image.new("RGBA", rgba.size, "black"), rgba).convert("RGB")).reshape(-1).tolist()
    files.append(entry)


def refuse(name, code, image, **options):
    image.save(OUT / name, **options)
    files.append({"path": name, "refused": code})


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    gray = random.integers(0, 256, (ROWS, COLUMNS), dtype=np.uint8)
    rgb = random.integers(0, 256, (ROWS, COLUMNS, 3), dtype=np.uint8)
    smooth = np.stack([np.add.outer(np.arange(ROWS) * 9, np.arange(COLUMNS) * k) for k in (5, 7, 3)], -1).astype(np.uint8)
    alpha = random.integers(0, 256, (ROWS, COLUMNS, 1), dtype=np.uint8)
    deep = random.integers(0, 65536, (ROWS, COLUMNS)).astype(np.uint16)
    palette = Image.fromarray(rgb).quantize(16)
    for format in ("png", "bmp", "tiff"):
        save(Image.fromarray(gray), f"gray8.{format}")
        save(Image.fromarray(rgb), f"rgb8.{format}")
        save(Image.fromarray(gray > 127), f"bits.{format}")
        save(palette, f"palette.{format}")
    save(Image.fromarray(deep), "gray16.png")
    save(Image.fromarray(deep), "gray16.tiff")
    save(Image.fromarray(np.concatenate([rgb, alpha], 2)), "rgba.png", tolerance=1)
    save(Image.fromarray(np.concatenate([rgb, alpha], 2)), "rgba.webp", tolerance=1, lossless=True, exact=True)
    save(Image.fromarray(np.concatenate([gray[..., None], alpha], 2)), "gray-alpha.png", tolerance=1)
    transparent = palette.copy()
    transparent.info["transparency"] = 3
    save(transparent, "palette-transparent.png", transparency=3)
    save(Image.fromarray(rgb), "rgb.webp", lossless=True)
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
        save(Image.fromarray(rgb), f"{compression}.tiff", compression=compression)
    pages = [Image.fromarray(np.roll(gray, page)) for page in range(3)]
    save(pages[0], "pages.tiff", frames=3, save_all=True, append_images=pages[1:])
    save(Image.fromarray(smooth), "rgb.jpg", tolerance=6, quality=95, subsampling=0)
    save(Image.fromarray(smooth), "progressive.jpg", tolerance=6, quality=95, subsampling=0, progressive=True)
    save(Image.fromarray(smooth[..., 0]), "gray.jpg", tolerance=3, quality=95)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        save(Image.fromarray(gray), f"orientation-{orientation}.png", exif=exif)
        save(Image.fromarray(smooth[..., 0]), f"orientation-{orientation}.jpg", tolerance=3, quality=95, exif=exif)
    save(Image.fromarray(rgb).convert("RGB"), "webp-orientation-6.webp", lossless=True, exif=exif_of(6))
    save(Image.fromarray(rgb), "big.tiff", big_tiff=True)
    refuse("zstd.tiff", "FORMAT_UNSUPPORTED", Image.fromarray(rgb), compression="zstd")
    refuse("float.tiff", "FORMAT_UNSUPPORTED", Image.fromarray(deep.astype(np.float32)))
    (OUT / "expected.json").write_text(json.dumps({"files": files}) + "\n")
    print(f"{len(files)} files")


def exif_of(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


if __name__ == "__main__":
    main()

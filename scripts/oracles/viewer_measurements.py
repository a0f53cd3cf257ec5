"""Values of the viewer's measurements on a made-up image, worked out with numpy from the definitions.

    python -m venv v && v/bin/pip install numpy && v/bin/python scripts/oracles/viewer_measurements.py > test/fixtures/viewer-measurements.json

The image: value(column, row) = ((column * 37 + row * 101) mod 1999) - 1000, 60 columns, 44 rows, pixels 0.5 mm wide and 0.8 mm high.
A pixel belongs to a region when its centre does (boundary included). The standard deviation is divided by n.
"""
import json

import numpy as np

COLUMNS, ROWS = 60, 44
WIDTH, HEIGHT = 0.5, 0.8
column, row = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
image = (column * 37 + row * 101) % 1999 - 1000


def region(kind, corners):
    (x1, y1), (x2, y2) = corners
    left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    if kind == "rectangle":
        inside = (column >= left) & (column <= right) & (row >= top) & (row <= bottom)
        area = (right - left) * WIDTH * (bottom - top) * HEIGHT
    else:
        cx, cy, rx, ry = (left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2
        inside = ((column - cx) / rx) ** 2 + ((row - cy) / ry) ** 2 <= 1
        area = np.pi * rx * WIDTH * ry * HEIGHT
    values = image[inside].astype(np.float64)
    statistics = None
    if values.size:
        statistics = {
            "pixels": int(values.size),
            "mean": float(values.mean()),
            "deviation": float(values.std()),
            "minimum": float(values.min()),
            "maximum": float(values.max()),
        }
    return {"kind": kind, "points": corners, "area": float(area), "statistics": statistics}


def length(one, other):
    scale = np.array([WIDTH, HEIGHT])
    return float(np.linalg.norm((np.array(other) - np.array(one)) * scale))


def angle(points):
    one, vertex, other = (np.array(p) * [WIDTH, HEIGHT] for p in points)
    a, b = one - vertex, other - vertex
    return float(np.degrees(np.arccos(np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b))))


corner_sets = [
    [[10, 8], [30, 28]],
    [[30.4, 28.7], [10.2, 8.1]],
    [[-20.3, -9.1], [22.6, 17.9]],
    [[50.25, 30.5], [90, 80]],
    [[4.1, 4.1], [4.9, 4.9]],
    [[100, 100], [120, 120]],
]
segments = [[[3, 4], [43, 34]], [[0, 0], [0, 10]], [[12.5, 7.25], [1.5, 40]]]
corners_of_angles = [[[10, 0], [0, 0], [0, 10]], [[30, 10], [10, 10], [25, 30]], [[0, 20], [20, 20], [40, 20.5]]]

print(
    json.dumps(
        {
            "regions": [region(kind, corners) for kind in ("rectangle", "ellipse") for corners in corner_sets],
            "lengths": [{"points": points, "length": length(*points)} for points in segments],
            "angles": [{"points": points, "degrees": angle(points)} for points in corners_of_angles],
        },
        indent=1,
    )
)

"""Reads header and pixels of all files below a folder with pydicom, in one process; prints the seconds as JSON.

    python3 pydicom_reader.py FOLDER

The time starts when pydicom is loaded and the list of files is known.
"""

import json
import sys
import time
from pathlib import Path

import numpy
import pydicom

files = sorted(path for path in Path(sys.argv[1]).rglob("*.dcm"))
# The first call of pixel_array looks for decoders.
pydicom.dcmread(files[0]).pixel_array
started = time.perf_counter()
total = 0
for path in files:
    total += int(pydicom.dcmread(path).pixel_array[0, 0])
seconds = time.perf_counter() - started
print(json.dumps({"files": len(files), "seconds": seconds, "pydicom": pydicom.__version__, "numpy": numpy.__version__}))

"""Reads the structured reports that scripts/oracles/structured_report.ts writes, with pydicom, highdicom, dciodvfy and dsrdump.

    node scripts/oracles/structured_report.ts FOLDER
    python scripts/oracles/structured_report.py FOLDER > test/fixtures/report/structured-report.json

pip: pydicom, highdicom. Programs: dciodvfy (dicom3tools), dsrdump (dcmtk); DCIODVFY and DSRDUMP may name them.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import highdicom
import pydicom


def complaints(path):
    """Lines by which a validator says that the file breaks the standard."""
    verify = subprocess.run([os.environ.get("DCIODVFY", "dciodvfy"), "-new", str(path)], capture_output=True, text=True)
    lines = [line for line in verify.stderr.splitlines() if line.startswith("Error")]
    dump = subprocess.run([os.environ.get("DSRDUMP", "dsrdump"), str(path)], capture_output=True, text=True)
    if dump.returncode != 0:
        lines += dump.stderr.splitlines()
    return lines + [line for line in dump.stderr.splitlines() if line.startswith("E:")]


def by_name(item, meaning):
    """The value of the content item with this name, or None."""
    for child in item.ContentSequence:
        if child.ConceptNameCodeSequence[0].CodeMeaning.startswith(meaning):
            if child.ValueType == "NUM":
                return child.MeasuredValueSequence[0].FloatingPointValue
            return child.TextValue
    return None


def group(item):
    image = next(child for child in item.ContentSequence if child.ValueType == "IMAGE").ReferencedSOPSequence[0]
    numbers = [c for c in item.ContentSequence if c.ValueType == "NUM"]
    for number in numbers:
        measured = number.MeasuredValueSequence[0]
        assert abs(float(measured.NumericValue) - measured.FloatingPointValue) < 1e-13
    return {
        "tracking": by_name(item, "Tracking Identifier"),
        "probability": by_name(item, "Probability"),
        "threshold": by_name(item, "Threshold"),
        "decision": by_name(item, "Output of the model"),
        "reference": by_name(item, "Reference standard"),
        "instance": image.ReferencedSOPInstanceUID,
        "frame": int(image.ReferencedFrameNumber) if "ReferencedFrameNumber" in image else None,
    }


def dates(dataset):
    return sorted({str(element.value) for element in dataset.iterall() if element.VR in ("DA", "DT") and element.value})


def described(path):
    dataset = pydicom.dcmread(path)
    report = highdicom.sr.srread(path)
    groups = report.content.get_image_measurement_groups()
    container = next(c for c in dataset.ContentSequence if c.ConceptNameCodeSequence[0].CodeValue == "126010")
    found = [group(item) for item in container.ContentSequence]
    assert [one.tracking_identifier for one in groups] == [one["tracking"] for one in found]
    return {
        "name": path.name[path.name.index("run-") :],
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "sopClass": dataset.SOPClassUID.name,
        "patient": str(dataset.PatientID),
        "identityRemoved": dataset.PatientIdentityRemoved,
        "dates": dates(dataset),
        "observers": [
            str(c.PersonName) if c.ValueType == "PNAME" else c.TextValue
            for c in dataset.ContentSequence
            if c.ConceptNameCodeSequence[0].CodeValue in ("121008", "121013")
        ],
        "groups": found,
        "errors": complaints(path),
    }


if __name__ == "__main__":
    files = sorted(Path(sys.argv[1]).glob("*.dcm"))
    json.dump([described(path) for path in files], sys.stdout, indent=1, ensure_ascii=False)
    print()

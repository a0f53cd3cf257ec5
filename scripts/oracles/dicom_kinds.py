"""Small DICOM files of every kind that the decoder must read right, and what their stored values and pictures are.

    python3 -m venv V && V/bin/pip install pydicom==3.0.2 numpy pillow imagecodecs
    apt-get install dcmtk libopenjp2-tools openjph-tools
    V/bin/python scripts/oracles/dicom_kinds.py

writes test/fixtures/dicom/*.dcm and test/fixtures/dicom/expected.json. Stored values come from the arrays that were written, so that
they do not depend on any decoder; pictures (`gray`: 8 bit in the file's own window, `rgb`) come from pydicom's pixel functions. Codestreams
are made by DCMTK, OpenJPEG and OpenJPH. The pictures are synthetic.
"""

import hashlib
import io
import json
import subprocess
import tempfile
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.pixels import apply_modality_lut, apply_voi_lut, convert_color_space
from pydicom.uid import UID, CTImageStorage, MultiFrameTrueColorSecondaryCaptureImageStorage
from pydicom import dcmread

OUT = Path(__file__).resolve().parents[2] / "test/fixtures/dicom"
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
IMPLICIT, EXPLICIT, DEFLATED, BIG = (f"1.2.840.10008.1.2{end}" for end in ("", ".1", ".1.99", ".2"))
RLE = "1.2.840.10008.1.2.5"
ROWS, COLUMNS = 17, 22
random = np.random.default_rng(20200210)
expected = []


def picture(low, high, frames=1, samples=1, rows=ROWS, columns=COLUMNS):
    """Gradient, disc and noise over the whole range low … high; int64, [frames, rows, columns(, samples)]."""
    y, x = np.mgrid[0:rows, 0:columns]
    parts = []
    for frame in range(frames):
        for sample in range(samples):
            share = (x * (1 + sample) + y * 2 + 3 * frame) % 41 / 41
            share = np.where(np.hypot(x - columns / 2, y - rows / 2) < rows / 3, 1 - share, share)
            share = np.clip(share + random.uniform(-0.05, 0.05, share.shape), 0, 1)
            parts.append(np.round(low + share * (high - low)).astype(np.int64))
    array = np.stack(parts).reshape(frames, samples, rows, columns).transpose(0, 2, 3, 1)
    array.flat[0], array.flat[1] = low, high
    return array[..., 0] if samples == 1 else array


def stored_type(allocated, signed):
    return np.dtype(f"<{'i' if signed else 'u'}{max(1, allocated // 8)}")


def header(array, allocated=16, stored=None, signed=False, photometric=None, sop=CTImageStorage, **more):
    d = Dataset()
    d.SOPClassUID, d.SOPInstanceUID, d.Modality = sop, f"1.2.826.0.1.3680043.9.{len(expected) + 1}", "CT"
    d.PatientID, d.StudyInstanceUID, d.SeriesInstanceUID = "synthetic", "1.2.826.0.1.1", "1.2.826.0.1.1.1"
    samples = 3 if array.ndim == 4 else 1
    d.SamplesPerPixel = samples
    d.PhotometricInterpretation = photometric or ("RGB" if samples == 3 else "MONOCHROME2")
    if samples == 3:
        d.PlanarConfiguration = 0
    if array.shape[0] > 1:
        d.NumberOfFrames = array.shape[0]
    d.Rows, d.Columns = array.shape[1:3]
    d.BitsAllocated, d.BitsStored = allocated, stored or allocated
    d.HighBit, d.PixelRepresentation = d.BitsStored - 1, int(signed)
    for name, value in more.items():
        setattr(d, name, value)
    return d


def write(name, d, syntax=EXPLICIT, meta=True, preamble=True):
    path = OUT / f"{name}.dcm"
    d.file_meta = FileMetaDataset()
    d.file_meta.MediaStorageSOPClassUID, d.file_meta.MediaStorageSOPInstanceUID = d.SOPClassUID, d.SOPInstanceUID
    d.file_meta.TransferSyntaxUID = UID(syntax)
    d.save_as(path, enforce_file_format=True)
    bytes_ = path.read_bytes()
    meta_end = 132 + 12 + int.from_bytes(bytes_[140:144], "little")
    if not meta:
        path.write_bytes(bytes_[meta_end:])
    elif not preamble:
        path.write_bytes(bytes_[132:])
    return path


def expect(path, array, allocated=16, signed=False, lossy=False, **facts):
    """`array`: stored values of all frames, before any LUT."""
    values = np.ascontiguousarray(array).astype(stored_type(allocated, signed))
    entry = {"path": path.name, "rows": int(array.shape[1]), "columns": int(array.shape[2]), "frames": int(array.shape[0])}
    entry |= {"min": int(values.min()), "max": int(values.max())}
    entry["pixelSha256"] = None if lossy else hashlib.sha256(values.tobytes()).hexdigest()
    expected.append(entry | facts)


def refuse(path, code):
    expected.append({"path": path.name, "refused": code})


def gray_of(path, frame=0):
    """8 bits as they are shown: modality LUT, VOI LUT, full output range; MONOCHROME1 is turned over by the caller."""
    d = dcmread(path)
    values = d.pixel_array[frame] if int(d.get("NumberOfFrames", 1)) > 1 else d.pixel_array
    shown = apply_voi_lut(apply_modality_lut(values, d), d).astype(np.float64)
    return shown


def native(name, array, allocated=16, stored=None, signed=False, syntax=EXPLICIT, data=None, **more):
    written = {key: more.pop(key) for key in ("meta", "preamble") if key in more}
    facts = more.pop("facts", {})
    d = header(array, allocated, stored, signed, **more)
    values = array.astype(stored_type(allocated, signed))
    raw = data if data is not None else (values.astype(values.dtype.newbyteorder(">")) if syntax == BIG else values).tobytes()
    d.PixelData = raw + b"\0" * (len(raw) % 2)
    d["PixelData"].VR = "OW" if allocated > 8 or syntax == IMPLICIT else "OB"
    path = write(name, d, syntax, **written)
    expect(path, array, allocated, signed, **facts)
    return path


def native_kinds():
    syntaxes = {"implicit": IMPLICIT, "explicit": EXPLICIT, "deflated": DEFLATED, "big-endian": BIG}
    for word, syntax in syntaxes.items():
        native(f"native-{word}-u8", picture(0, 255), 8, syntax=syntax)
        native(f"native-{word}-i16", picture(-32768, 32767), 16, signed=True, syntax=syntax)
        native(f"native-{word}-u32", picture(0, 2**32 - 1), 32, syntax=syntax)
        native(f"native-{word}-frames", picture(0, 4095, frames=3), 16, 12, syntax=syntax)
        native(f"native-{word}-rgb", picture(0, 255, samples=3), 8, syntax=syntax)
    native("native-i8", picture(-128, 127), 8, signed=True)
    native("native-i32", picture(-(2**31), 2**31 - 1), 32, signed=True)
    native("native-i20in32", picture(-(2**19), 2**19 - 1), 32, 20, signed=True)
    native("native-u10in16", picture(0, 1023), 16, 10)
    native("native-u5in8", picture(0, 31), 8, 5)
    native("native-mono1", picture(0, 4095), 16, 12, photometric="MONOCHROME1")
    native("native-no-meta-implicit", picture(0, 4095), 16, 12, syntax=IMPLICIT, meta=False)
    native("native-no-meta-explicit", picture(0, 4095), 16, 12, meta=False)
    native("native-no-meta-big-endian", picture(0, 4095), 16, 12, syntax=BIG, meta=False)
    native("native-no-preamble", picture(0, 4095), 16, 12, preamble=False)


def bit_kinds():
    array = picture(-2048, 2047)
    dirty = (array.astype("<i2").view("<u2") & 0x0FFF) | (random.integers(0, 16, array.shape).astype("<u2") << 12)
    native("native-i12in16-dirty", array, 16, 12, signed=True, data=dirty.tobytes())
    array = picture(0, 4095)
    shifted = (array.astype("<u2") << 4) | random.integers(0, 16, array.shape).astype("<u2")
    native("native-u12in16-high-bit-15", array, 16, 12, data=shifted.tobytes(), HighBit=15)
    array = picture(0, 1, frames=3, rows=5, columns=7)
    native("native-1bit-frames", array, 1, 1, data=np.packbits(array.astype(np.uint8).reshape(-1), bitorder="little").tobytes())
    # Overlay in the high bits of old (PS3.5 8.1.2, retired), big endian.
    array = picture(0, 4095)
    dirty = array.astype(">u2") | (random.integers(0, 2, array.shape).astype(">u2") << 12)
    native("native-big-endian-u12-dirty", array, 16, 12, syntax=BIG, data=dirty.astype(">u2").tobytes())
    # 8-bit pixels written as words in big endian: bytes of each pair lie swapped (PS3.5 annex D).
    array = picture(0, 255)
    d = header(array, 8)
    d.PixelData = np.frombuffer(array.astype(np.uint8).tobytes(), "<u2").astype(">u2").tobytes()
    d["PixelData"].VR = "OW"
    expect(write("native-big-endian-u8-words", d, BIG), array, 8)


def colour_kinds():
    rgb = picture(0, 255, samples=3)
    planes = rgb.astype(np.uint8).transpose(0, 3, 1, 2)
    native("colour-planar-1", rgb, 8, data=planes.tobytes(), PlanarConfiguration=1, facts={"rgb": flat(rgb[0])})
    frames = picture(0, 255, samples=3, frames=2)
    native("colour-planar-1-frames", frames, 8, data=frames.astype(np.uint8).transpose(0, 3, 1, 2).tobytes(), PlanarConfiguration=1)
    rgb16 = picture(0, 65535, samples=3)
    native("colour-rgb16", rgb16, 16)
    ybr = picture(0, 255, samples=3)
    seen = convert_color_space(ybr[0].astype(np.uint8), "YBR_FULL", "RGB")
    native("colour-ybr-full", ybr, 8, photometric="YBR_FULL", facts={"rgb": flat(seen)})
    # Two pixels share Cb and Cr: Y1 Y2 Cb Cr (PS3.3 C.7.6.3.1.2).
    half = ybr.copy()
    half[:, :, 1::2, 1:] = half[:, :, 0::2, 1:]
    pairs = np.stack([half[:, :, 0::2, 0], half[:, :, 1::2, 0], half[:, :, 0::2, 1], half[:, :, 0::2, 2]], axis=-1)
    seen = convert_color_space(half[0].astype(np.uint8), "YBR_FULL", "RGB")
    native("colour-ybr-full-422", half, 8, data=pairs.astype(np.uint8).tobytes(), photometric="YBR_FULL_422", facts={"rgb": flat(seen)})
    palette_kinds()


def flat(array):
    return hashlib.sha256(np.ascontiguousarray(array).astype(np.uint8).tobytes()).hexdigest()


def palette_kinds():
    tables = [(np.arange(256) * k % 256) for k in (1, 3, 7)]
    names = ("Red", "Green", "Blue")
    array = picture(0, 255)
    seen = np.stack([table[array[0]] for table in tables], axis=-1)

    def with_palette(name, values, entries, first, bits, data, shown, prefix="", allocated=8, stored=8, signed=False):
        more = {}
        for colour, table in zip(names, data):
            more[f"{colour}PaletteColorLookupTableDescriptor"] = [entries % 65536, first, bits]
            more[f"{prefix}{colour}PaletteColorLookupTableData"] = table
        native(name, values, allocated, stored, signed, photometric="PALETTE COLOR", facts={"rgb": flat(shown)}, **more)

    with_palette("palette-8", array, 256, 0, 8, [t.astype("<u1").tobytes() for t in tables], seen)
    with_palette("palette-16", array, 256, 0, 16, [(t * 257).astype("<u2").tobytes() for t in tables], seen)
    short = picture(100, 115)
    seen = np.stack([table[np.clip(short[0] - 100, 0, 15)] for table in tables], axis=-1)
    data = [(t[:16] * 257).astype("<u2").tobytes() for t in tables]
    with_palette("palette-16-offset", short, 16, 100, 16, data, seen, allocated=16, stored=16)
    # Segmented: 0 discrete, 1 linear (PS3.3 C.7.9.2): one discrete value 0, then a line to 255 in 255 steps.
    ramp = np.concatenate([np.array([0, 1, 0, 1, 255, 65535])]).astype("<u2")
    line = np.array([round(65535 * k / 255) for k in range(256)])
    seen = np.stack([(line >> 8)[array[0]]] * 3, axis=-1)
    with_palette("palette-segmented", array, 256, 0, 16, [ramp.tobytes()] * 3, seen, prefix="Segmented")


def display_kinds():
    array = picture(0, 4095)
    hu = {"RescaleIntercept": "-1024", "RescaleSlope": "1"}

    def shown(name, transform=None, **more):
        d = header(array, 16, 12, **hu, **more)
        if transform:
            transform(d)
        d.PixelData = array.astype("<u2").tobytes()
        path = write(name, d)
        output = gray_of(path)
        high = 255 / (4095 if "VOILUTSequence" not in d else 2 ** d.VOILUTSequence[0].LUTDescriptor[2] - 1)
        # pydicom maps into the range of the stored values after rescale; brought to 0 … 255 here.
        low = 0 if "VOILUTSequence" in d else (-1024 if d.get("RescaleIntercept") else 0)
        expect(path, array, gray=[round(float(v), 4) for v in ((output - low) * high).reshape(-1)])

    shown("window-linear", WindowCenter="40", WindowWidth="400")
    shown("window-linear-exact", WindowCenter="40", WindowWidth="400", VOILUTFunction="LINEAR_EXACT")
    shown("window-sigmoid", WindowCenter="40", WindowWidth="400", VOILUTFunction="SIGMOID")
    shown("window-two", WindowCenter=["-600", "40"], WindowWidth=["1500", "400"])

    def voi(d):
        item = Dataset()
        item.add_new("LUTDescriptor", "US", [1024, 0, 12])
        item["LUTDescriptor"].VR = "US"
        item.add_new("LUTData", "OW", (np.sqrt(np.arange(1024) / 1023) * 4095).astype("<u2").tobytes())
        d.VOILUTSequence = [item]

    shown("voi-lut-sequence", voi)
    table = (np.arange(4096) // 2 + 100).astype("<u2")
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [4096, 0, 16])
    item.add_new("LUTData", "OW", table.tobytes())
    item.ModalityLUTType = "US"
    d = header(array, 16, 12, ModalityLUTSequence=[item])
    d.PixelData = array.astype("<u2").tobytes()
    path = write("modality-lut-sequence", d)
    expect(path, array, modality=[int(v) for v in apply_modality_lut(dcmread(path).pixel_array, dcmread(path)).reshape(-1)])


def enhanced():
    array = picture(0, 4095, frames=4)
    d = header(array, 16, 12, sop=ENHANCED_CT)
    shared, measures, orientation = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [0.7, 0.8], 2.5
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [orientation]
    d.SharedFunctionalGroupsSequence = [shared]
    groups, frames = [], []
    for frame in range(4):
        position, rescale, window, group = Dataset(), Dataset(), Dataset(), Dataset()
        position.ImagePositionPatient = [-100, -100, 50 - 2.5 * frame]
        rescale.RescaleIntercept, rescale.RescaleSlope, rescale.RescaleType = -1000 - frame, 1 + frame / 4, "HU"
        window.WindowCenter, window.WindowWidth = 40 + 100 * frame, 400 + frame
        group.PlanePositionSequence, group.PixelValueTransformationSequence, group.FrameVOILUTSequence = [position], [rescale], [window]
        groups.append(group)
        frames.append({"position": [-100, -100, 50 - 2.5 * frame], "slope": 1 + frame / 4, "intercept": -1000 - frame,
                       "window": {"level": 40 + 100 * frame, "width": 400 + frame}, "spacing": [0.7, 0.8]})
    d.PerFrameFunctionalGroupsSequence = groups
    d.PixelData = array.astype("<u2").tobytes()
    expect(write("enhanced-ct", d), array, perFrame=frames)


def run(*command):
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def transcode(name, array, command, allocated=16, stored=None, signed=False, lossy=False, **more):
    """Writes the native file, has DCMTK transcode it, and expects the array that went in (lossy: what DCMTK decodes)."""
    d = header(array, allocated, stored, signed, **more)
    raw = array.astype(stored_type(allocated, signed)).tobytes()
    d.PixelData = raw + b"\0" * (len(raw) % 2)
    d["PixelData"].VR = "OW" if allocated > 8 else "OB"
    with tempfile.TemporaryDirectory() as folder:
        plain = write("../dicom/plain", d)
        run(*command, plain, OUT / f"{name}.dcm")
        plain.unlink()
        if lossy:
            decoded = Path(folder) / "decoded.dcm"
            run("dcmdjpls" if "pls" in command[0] else "dcmdjpeg", OUT / f"{name}.dcm", decoded)
            array = dcmread(decoded).pixel_array.reshape(array.shape)
    expect(OUT / f"{name}.dcm", array, allocated, signed, lossy=lossy, lossyCoding=lossy)


def coded_kinds():
    for allocated, stored, signed in ((8, 8, False), (16, 12, False), (16, 16, False), (16, 12, True), (16, 16, True)):
        low, high = (-(2 ** (stored - 1)), 2 ** (stored - 1) - 1) if signed else (0, 2**stored - 1)
        word = f"{'i' if signed else 'u'}{stored}"
        array = picture(low, high)
        transcode(f"rle-{word}", array, ["dcmcrle"], allocated, stored, signed)
        transcode(f"jpeg-lossless-sv1-{word}", array, ["dcmcjpeg", "+e1"], allocated, stored, signed)
        transcode(f"jpeg-ls-{word}", array, ["dcmcjpls"], allocated, stored, signed)
    for predictor in range(1, 8):
        transcode(f"jpeg-lossless-p14-sv{predictor}", picture(0, 4095), ["dcmcjpeg", "+el", "+sv", predictor], 16, 12)
    transcode("jpeg-lossless-rgb", picture(0, 255, samples=3), ["dcmcjpeg", "+e1"], 8)
    transcode("jpeg-lossless-frames", picture(0, 4095, frames=3), ["dcmcjpeg", "+e1"], 16, 12)
    transcode("jpeg-baseline", picture(0, 255), ["dcmcjpeg", "+eb"], 8, lossy=True)
    transcode("jpeg-extended-12", picture(0, 4095), ["dcmcjpeg", "+ee"], 16, 12, lossy=True)
    transcode("jpeg-extended-8", picture(0, 255), ["dcmcjpeg", "+ee"], 8, lossy=True)
    transcode("jpeg-ls-rgb-line", picture(0, 255, samples=3), ["dcmcjpls", "+il"], 8)
    transcode("jpeg-ls-rgb-sample", picture(0, 255, samples=3), ["dcmcjpls", "+is"], 8)
    transcode("jpeg-ls-rgb-plane", picture(0, 255, samples=3), ["dcmcjpls", "+in"], 8)
    transcode("jpeg-ls-near", picture(0, 4095), ["dcmcjpls", "+en", "+md", "3"], 16, 12, lossy=True)
    transcode("jpeg-ls-frames-fragments", picture(0, 65535, frames=3, rows=64, columns=64), ["dcmcjpls", "+fs", "1"], 16)
    transcode("rle-rgb", picture(0, 255, samples=3), ["dcmcrle"], 8)
    transcode("rle-rgb16", picture(0, 65535, samples=3), ["dcmcrle"], 16)
    transcode("rle-u32", picture(0, 2**32 - 1), ["dcmcrle"], 32)
    transcode("rle-frames", picture(0, 4095, frames=3), ["dcmcrle"], 16, 12)
    transcode("rle-frames-no-table", picture(0, 4095, frames=3), ["dcmcrle", "-ot"], 16, 12)


def pnm(path, array, high):
    rows, columns = array.shape[:2]
    body = array.astype(">u2" if high > 255 else "u1").tobytes()
    path.write_bytes(f"P{6 if array.ndim == 3 else 5}\n{columns} {rows}\n{high}\n".encode() + body)


def codestreams(array, high, command, suffix):
    streams = []
    for frame in array:
        with tempfile.TemporaryDirectory() as folder:
            source, coded = Path(folder) / ("in.ppm" if frame.ndim == 3 else "in.pgm"), Path(folder) / f"out{suffix}"
            pnm(source, frame, high)
            run(*[part.format(source=source, coded=coded) for part in command])
            streams.append(coded.read_bytes())
    return streams


def encapsulated(name, array, streams, syntax, allocated=16, stored=None, table=True, fragments=1, extended=False, facts={}, refused=None, **more):
    facts = facts | {"lossy": more.pop("lossy", False)}
    signed = more.get("signed", False)
    d = header(array, allocated, stored, **more)
    if extended:
        d.PixelData, d.ExtendedOffsetTable, d.ExtendedOffsetTableLengths = encapsulate_extended(streams)
    else:
        d.PixelData = encapsulate(streams, fragments, table)
    d["PixelData"].VR = "OB"
    d["PixelData"].is_undefined_length = True
    expect(write(name, d, syntax), array, allocated, signed, **facts)
    if refused:
        expected[-1] = {"path": f"{name}.dcm", "refused": refused}


def wavelet_kinds():
    j2k = ["opj_compress", "-i", "{source}", "-o", "{coded}", "-n", "3"]
    htj2k = ["ojph_compress", "-i", "{source}", "-o", "{coded}", "-reversible", "true", "-num_decomps", "3"]
    lossless, general = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"
    for stored, allocated in ((8, 8), (12, 16), (16, 16)):
        array = picture(0, 2**stored - 1)
        encapsulated(f"j2k-u{stored}", array, codestreams(array, 2**stored - 1, j2k, ".j2k"), lossless, allocated, stored)
        encapsulated(f"htj2k-u{stored}", array, codestreams(array, 2**stored - 1, htj2k, ".j2c"), "1.2.840.10008.1.2.4.201", allocated, stored)
    array = picture(0, 4095)
    streams = codestreams(array, 4095, [*htj2k, "-prog_order", "RPCL"], ".j2c")
    encapsulated("htj2k-rpcl", array, streams, "1.2.840.10008.1.2.4.202", 16, 12)
    encapsulated("htj2k-general", array, codestreams(array, 4095, htj2k, ".j2c"), "1.2.840.10008.1.2.4.203", 16, 12)
    rgb = picture(0, 255, samples=3)
    encapsulated("j2k-rgb-rct", rgb, codestreams(rgb, 255, j2k, ".j2k"), lossless, 8, photometric="YBR_RCT", facts={"rgb": flat(rgb[0])})
    encapsulated("htj2k-rgb-rct", rgb, codestreams(rgb, 255, [*htj2k, "-colour_trans", "true"], ".j2c"), "1.2.840.10008.1.2.4.201", 8,
                 photometric="YBR_RCT", facts={"rgb": flat(rgb[0])})
    tiles = codestreams(array, 4095, [*j2k, "-t", "8,8"], ".j2k")
    encapsulated("j2k-tiles", array, tiles, general, 16, 12)
    frames = picture(0, 4095, frames=3)
    streams = codestreams(frames, 4095, j2k, ".j2k")
    encapsulated("j2k-frames-table", frames, streams, lossless, 16, 12)
    encapsulated("j2k-frames-no-table", frames, streams, lossless, 16, 12, table=False)
    encapsulated("j2k-frames-fragments", frames, streams, lossless, 16, 12, fragments=3)
    encapsulated("j2k-frames-fragments-no-table", frames, streams, lossless, 16, 12, fragments=3, table=False)
    encapsulated("j2k-frames-extended-table", frames, streams, lossless, 16, 12, extended=True)
    encapsulated("j2k-one-frame-fragments", array, codestreams(array, 4095, j2k, ".j2k"), lossless, 16, 12, fragments=4)


def non_images():
    def bare(name, sop, code, **more):
        d = Dataset()
        d.SOPClassUID, d.SOPInstanceUID, d.Modality = sop, f"1.2.826.0.1.3680043.9.{len(expected) + 1}", more.pop("modality", "OT")
        d.PatientID, d.StudyInstanceUID, d.SeriesInstanceUID = "synthetic", "1.2.826.0.1.1", "1.2.826.0.1.1.2"
        for key, value in more.items():
            setattr(d, key, value)
        refuse(write(name, d), code)

    root = "1.2.840.10008.5.1.4.1.1"
    bare("other-basic-text-sr", f"{root}.88.11", "STRUCTURED_REPORT", modality="SR")
    bare("other-dose-sr", f"{root}.88.67", "STRUCTURED_REPORT", modality="SR")
    bare("other-key-object", f"{root}.88.59", "KEY_OBJECT", modality="KO")
    bare("other-gsps", f"{root}.11.1", "PRESENTATION_STATE", modality="PR")
    bare("other-pdf", f"{root}.104.1", "NO_PIXEL_DATA", modality="DOC", EncapsulatedDocument=b"%PDF-1.4\n")
    bare("other-rt-structures", f"{root}.481.3", "NO_PIXEL_DATA", modality="RTSTRUCT")
    bare("other-raw-data", f"{root}.66", "NO_PIXEL_DATA", modality="CT")
    bare("other-ct-without-pixels", CTImageStorage, "NO_PIXEL_DATA", modality="CT", Rows=4, Columns=4)


def later_kinds():
    """Made after all others, so that the noise in those stays what it was."""
    frames = picture(0, 4095, frames=3)
    stored = [frame.astype("<u2").tobytes() for frame in frames]
    encapsulated("native-encapsulated-frames", frames, stored, "1.2.840.10008.1.2.1.98", 16, 12)
    signed_bytes()
    components_by_themselves()
    jfif_called_rgb()
    segments_of_bytes()
    odd_ends()
    negative_slope()


def negative_slope():
    """Unsigned stored values whose modality values are negative: so is the first value that the VOI table maps."""
    array = picture(0, 4095)
    item = Dataset()
    item.add_new("LUTDescriptor", "SS", [256, -8000, 8])
    item.add_new("LUTData", "OW", bytes(range(256)))
    d = header(array, 16, 12, RescaleSlope="-2", RescaleIntercept="100", VOILUTSequence=[item])
    d.PixelData = array.astype("<u2").tobytes()
    shown = np.clip(array * -2 + 100 + 8000, 0, 255)
    expect(write("voi-lut-negative-slope", d), array, gray=shown.reshape(-1).tolist())


def signed_bytes():
    """Decoders' wrappers cut negative values of 8 bits off."""
    array = picture(-128, 127)
    with tempfile.TemporaryDirectory() as folder:
        raw, coded = Path(folder) / "in.raw", Path(folder) / "out.j2k"
        raw.write_bytes(array.astype("i1").tobytes())
        run("opj_compress", "-i", raw, "-o", coded, "-F", f"{COLUMNS},{ROWS},1,8,s", "-n", 3)
        encapsulated("j2k-i8", array, [coded.read_bytes()], "1.2.840.10008.1.2.4.90", 8, signed=True)
    coded = imagecodecs.htj2k_encode(array[0].astype("i1"), reversible=True)
    encapsulated("htj2k-i8", array, [bytes(coded)], "1.2.840.10008.1.2.4.201", 8, signed=True)


def components_by_themselves():
    """Without a colour transform OpenJPH decodes one component after the other."""
    rgb = picture(0, 255, samples=3, frames=2)
    htj2k = ["ojph_compress", "-i", "{source}", "-o", "{coded}", "-reversible", "true", "-num_decomps", "3", "-colour_trans", "false"]
    streams = codestreams(rgb, 255, htj2k, ".j2c")
    encapsulated("htj2k-rgb-plain", rgb, streams, "1.2.840.10008.1.2.4.201", 8, facts={"rgb": flat(rgb[0])})


def jfif(image):
    held = io.BytesIO()
    image.save(held, "JPEG", quality=90)
    return held.getvalue()


def jfif_called_rgb():
    """JFIF knows YCbCr only; many writers put it into DICOM and say RGB. Beside it one of gray that is cut off, with an end put on."""
    rgb = picture(0, 255, samples=3)
    coded = jfif(Image.fromarray(rgb[0].astype(np.uint8)))
    seen = np.asarray(Image.open(io.BytesIO(coded)).convert("RGB")).astype(int)
    untouched = Image.open(io.BytesIO(coded))
    untouched.draft("YCbCr", untouched.size)
    stored = np.asarray(untouched).astype(np.int64)[None]
    encapsulated("jpeg-jfif-called-rgb", stored, [coded], "1.2.840.10008.1.2.4.50", 8, lossy=True, facts={"rgbNear": seen.reshape(-1).tolist()})
    gray = picture(0, 255, rows=40, columns=40)
    coded = jfif(Image.fromarray(gray[0].astype(np.uint8)))
    encapsulated("other-jpeg-half-with-end", gray, [coded[: len(coded) // 2] + b"\xff\xd9"], "1.2.840.10008.1.2.4.50", 8, refused="PIXEL_DATA_DAMAGED")


def segments_of_bytes():
    """8-bit segments: four bytes tell where an indirect one points (PS3.3 C.7.9.2.3)."""
    array = picture(0, 191)
    segments = bytes([0, 4, 10, 50, 100, 240, 1, 60, 240 - 60, 0, 2, 3, 8, 1, 62, 8 + 62, 2, 2, 0, 0, 0, 0])
    table = [10, 50, 100, 240, *range(239, 179, -1), 3, 8, *range(9, 71), 10, 50, 100, 240, *range(239, 179, -1)]
    more = {}
    for colour in ("Red", "Green", "Blue"):
        more[f"{colour}PaletteColorLookupTableDescriptor"] = [192, 0, 8]
        more[f"Segmented{colour}PaletteColorLookupTableData"] = segments
    seen = np.stack([np.array(table)[array[0]]] * 3, axis=-1)
    native("palette-segmented-8", array, 8, photometric="PALETTE COLOR", facts={"rgb": flat(seen)}, **more)


def odd_ends():
    """An odd length with the padding byte behind it; something after a deflated data set; fragments in a value that has a length."""
    array = picture(0, 255, rows=3, columns=5)
    path = native("native-odd-length-padded", array, 8)
    written = path.read_bytes()
    path.write_bytes(written[:-20] + (15).to_bytes(4, "little") + written[-16:])
    path = native("native-deflated-with-tail", array, 8, syntax=DEFLATED, facts={"warning": "follows the deflated data set"})
    path.write_bytes(path.read_bytes() + b"tail")
    tiled = picture(0, 255, rows=32, columns=32)
    stream = codestreams(tiled, 255, ["opj_compress", "-i", "{source}", "-o", "{coded}", "-n", "2", "-t", "16,16"], ".j2k")[0]
    second, third = [at for at in range(len(stream)) if stream[at : at + 2] == b"\xff\x90"][1:3]
    without = stream[:second] + stream[third:]
    encapsulated("other-j2k-tile-missing", tiled, [without], "1.2.840.10008.1.2.4.90", 8, refused="PIXEL_DATA_DAMAGED")
    fragments = encapsulate([array.astype(np.uint8).tobytes() + b"\0"])
    path = native("other-fragments-with-length", array, 8, data=fragments)
    expected[-1] = {"path": path.name, "refused": "PIXEL_DATA_DAMAGED"}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.dcm"):
        old.unlink()
    for make in (native_kinds, bit_kinds, colour_kinds, display_kinds, enhanced, coded_kinds, wavelet_kinds, non_images, later_kinds):
        make()
    (OUT / "expected.json").write_text(json.dumps({"files": expected}) + "\n")
    print(f"{len(expected)} files, {sum(path.stat().st_size for path in OUT.glob('*.dcm')) // 1024} KiB")


if __name__ == "__main__":
    main()

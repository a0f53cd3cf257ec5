/** dicom-parser as it is at run time: its own typings leave out the classes that are used here. */
import { createRequire } from 'node:module';
import type { ByteArrayParser, ByteStream, DataSet } from 'dicom-parser';

interface Parser {
  bigEndianByteArrayParser: ByteArrayParser;
  littleEndianByteArrayParser: ByteArrayParser;
  ByteStream: new (reader: ByteArrayParser, bytes: Uint8Array, position: number) => ByteStream;
  DataSet: new (reader: ByteArrayParser, bytes: Uint8Array, elements: DataSet['elements']) => DataSet;
  parseDicomDataSetExplicit(dataSet: DataSet, stream: ByteStream, end: number): void;
  parseDicomDataSetImplicit(
    dataSet: DataSet,
    stream: ByteStream,
    end: number,
    options: { vrCallback: (tag: string) => string | undefined },
  ): void;
}

export const parser: Parser = createRequire(import.meta.url)('dicom-parser');

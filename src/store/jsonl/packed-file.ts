/**
 * Session files compressed with zstd: `session_<id>.jsonl.zst`, readable by `zstdcat`. Written in
 * frames of a bounded size, so that neither a long file nor a slow disk holds anything up; each frame
 * is decompressed and compared before the plain file goes.
 */
import { constants as bufferLimits } from 'node:buffer';
import {
  closeSync,
  copyFileSync,
  existsSync,
  constants as fileConstants,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { syncFolder } from '../../files/whole-file.ts';

export const PACKED_SUFFIX = '.zst';
const FRAME_BYTES = 512 * 1024;
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 6 } };

/** The text of a compressed file; null when it is damaged or holds more than `maxBytes`. */
export function readPacked(path: string, maxBytes: number): Buffer | null {
  try {
    return unpackFrames(readFileSync(path), maxBytes);
  } catch {
    return null;
  }
}

/** The whole text of a compressed file. Throws when it is damaged, or larger than Node can hold. */
export function unpackFile(path: string): Buffer {
  return unpackFrames(readFileSync(path), bufferLimits.MAX_LENGTH);
}

/** Node stops after some frame without a word (seen on Node 24), so the rest is passed to it again. */
function unpackFrames(packed: Buffer, maxBytes: number): Buffer {
  const texts: Buffer[] = [];
  let size = 0;
  for (let rest = packed; rest.length > 0; ) {
    const { buffer, read } = unpackSome(rest, maxBytes - size);
    texts.push(buffer);
    size += buffer.length;
    rest = rest.subarray(read);
  }
  return Buffer.concat(texts);
}

function unpackSome(packed: Buffer, maxBytes: number): { buffer: Buffer; read: number } {
  const options = { info: true, maxOutputLength: Math.max(1, maxBytes) };
  // The types do not know what `info` does.
  const result: unknown = zstdDecompressSync(packed, options);
  if (typeof result === 'object' && result !== null && 'buffer' in result && 'engine' in result) {
    const { buffer, engine } = result;
    const read =
      typeof engine === 'object' && engine !== null && 'bytesWritten' in engine
        ? Number(engine.bytesWritten)
        : 0;
    if (Buffer.isBuffer(buffer) && read > 0) return { buffer, read };
  }
  throw new Error('zstd read nothing');
}

/**
 * Replaces a plain file by its compressed form, beside which later lines may have made a new plain
 * one: then it is added to the compressed one. Yields between frames. False when the file changed
 * meanwhile: it stays as it is. Throws the system's error, or on a frame that does not come back.
 */
export function* packFile(path: string): Generator<void, boolean> {
  const packed = path + PACKED_SUFFIX;
  const draft = `${packed}.tmp`;
  try {
    rmSync(draft, { force: true });
    if (existsSync(packed)) copyFileSync(packed, draft, fileConstants.COPYFILE_EXCL);
    const size = yield* writeFrames(path, draft);
    if (statSync(path).size !== size) return false;
    renameSync(draft, packed);
    // Before the plain file goes: else a power cut could take both.
    syncFolder(dirname(packed));
    unlinkSync(path);
    return true;
  } finally {
    rmSync(draft, { force: true });
  }
}

function* writeFrames(path: string, draft: string): Generator<void, number> {
  const [from, to] = [openSync(path, 'r'), openSync(draft, 'a', 0o600)];
  try {
    const block = Buffer.alloc(FRAME_BYTES);
    const { size } = fstatSync(from);
    for (let at = 0; at < size; ) {
      const plain = block.subarray(0, readSync(from, block, 0, FRAME_BYTES, at));
      if (plain.length === 0) break;
      const frame = zstdCompressSync(plain, ZSTD);
      if (!zstdDecompressSync(frame).equals(plain)) throw new Error(`${path} does not compress`);
      writeAll(to, frame);
      at += plain.length;
      yield;
    }
    fsyncSync(to);
    return size;
  } finally {
    closeSync(from);
    closeSync(to);
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

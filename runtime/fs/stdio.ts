/**
 * Standard input, output and error: the host's descriptors 0, 1 and 2, or streams made of JavaScript values where the host
 * has none or the embedder gives its own.
 */
import { Fd } from './fd.ts';
import { HostFile, mark_no_terminal } from './file.ts';
import type { NodeFs } from './node-fs.ts';
import type { Filestat } from './types.ts';
import { Filetype, Rights, STREAM_RIGHTS } from './types.ts';

/** A descriptor that the process was started with. */
export function inherited_fd(fs: NodeFs, fd: number, isatty: (fd: number) => boolean): Fd {
  const file = new HostFile(fs, fd, { inherited: true });
  if (file.filetype === Filetype.character_device && !isatty(fd)) mark_no_terminal(file);
  return file;
}

/** The parts that all streams without a host descriptor share. */
abstract class Stream extends Fd {
  override readonly filetype: number = Filetype.socket_stream;

  override set_fdflags(flags: number): void {
    this.fdflags = flags;
  }

  override filestat(): Filestat {
    const none = 0n;
    return { dev: none, ino: none, filetype: this.filetype, nlink: 1n, size: none, atim: none, mtim: none, ctim: none };
  }
}

/** Input from chunks: `next` gives some bytes, or `undefined` at the end. */
export class Source extends Stream {
  private readonly next: () => Uint8Array | undefined;
  private chunk: Uint8Array | undefined = new Uint8Array(0);

  constructor(next: () => Uint8Array | undefined) {
    super(STREAM_RIGHTS & ~Rights.fd_write, 0);
    this.next = next;
  }

  override read(buffers: readonly Uint8Array[]): number {
    let total = 0;
    for (const buffer of buffers) {
      // One chunk is asked for at most: waiting for more than there is would hang a conversation.
      if (this.chunk?.length === 0 && total === 0 && buffer.length > 0) this.chunk = this.next();
      const part = this.chunk?.subarray(0, buffer.length) ?? new Uint8Array(0);
      buffer.set(part);
      this.chunk = this.chunk?.subarray(part.length);
      total += part.length;
      if (part.length < buffer.length) break;
    }
    return total;
  }
}

/** Input of just these bytes. */
export function source_of(bytes: Uint8Array): Source {
  const chunks = [bytes];
  return new Source(() => chunks.shift());
}

/** Output to a function, which may keep the bytes; what one call writes comes in one piece. */
export class Sink extends Stream {
  private readonly put: (bytes: Uint8Array) => void;

  constructor(put: (bytes: Uint8Array) => void) {
    super(STREAM_RIGHTS & ~Rights.fd_read, 0);
    this.put = put;
  }

  override write(buffers: readonly Uint8Array[]): number {
    const bytes = new Uint8Array(buffers.reduce((n, b) => n + b.length, 0));
    let at = 0;
    for (const buffer of buffers) {
      bytes.set(buffer, at);
      at += buffer.length;
    }
    if (at > 0) this.put(bytes);
    return at;
  }
}

/**
 * Output by lines of text, as a console takes it; an unfinished last line comes out when the descriptor is closed. To the
 * guest it is a terminal, so that C programs send each line when it is done.
 */
export class LineSink extends Sink {
  override readonly filetype = Filetype.character_device;
  private readonly finish: () => void;

  constructor(print: (line: string) => void) {
    const decoder = new TextDecoder();
    let text = '';
    super((bytes) => {
      text += decoder.decode(bytes, { stream: true });
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) print(line);
    });
    this.finish = () => {
      text += decoder.decode();
      if (text !== '') print(text);
      text = '';
    };
  }

  override close(): void {
    this.finish();
  }
}

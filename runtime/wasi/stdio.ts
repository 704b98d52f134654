/** Opens descriptors 0, 1 and 2 on what the host has. */
import type { Fd } from '../fs/fd.ts';
import { inherited_fd, LineSink, source_of } from '../fs/stdio.ts';
import type { HostProcess } from './process.ts';

/** The three standard descriptors: the host's own, or else no input and the console. */
export function host_stdio({ fs, isatty }: HostProcess): [stdin: Fd, stdout: Fd, stderr: Fd] {
  if (fs !== undefined) return [inherited_fd(fs, 0, isatty), inherited_fd(fs, 1, isatty), inherited_fd(fs, 2, isatty)];
  return [
    source_of(new Uint8Array(0)),
    new LineSink((line) => console.log(line)),
    new LineSink((line) => console.error(line)),
  ];
}

/**
 * WASI error numbers (snapshot preview1, `errno`), and the way from the host's error codes to them.
 *
 * File systems throw `Errno`; the one place that turns it into a number for the guest is runtime/wasi/syscall.ts.
 */

/** In the order of their numbers: E2BIG is 1. */
const NAMES = [
  ...['SUCCESS', 'E2BIG', 'EACCES', 'EADDRINUSE', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EAGAIN', 'EALREADY', 'EBADF'],
  ...['EBADMSG', 'EBUSY', 'ECANCELED', 'ECHILD', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EDEADLK'],
  ...['EDESTADDRREQ', 'EDOM', 'EDQUOT', 'EEXIST', 'EFAULT', 'EFBIG', 'EHOSTUNREACH', 'EIDRM', 'EILSEQ'],
  ...['EINPROGRESS', 'EINTR', 'EINVAL', 'EIO', 'EISCONN', 'EISDIR', 'ELOOP', 'EMFILE', 'EMLINK', 'EMSGSIZE'],
  ...['EMULTIHOP', 'ENAMETOOLONG', 'ENETDOWN', 'ENETRESET', 'ENETUNREACH', 'ENFILE', 'ENOBUFS', 'ENODEV', 'ENOENT'],
  ...['ENOEXEC', 'ENOLCK', 'ENOLINK', 'ENOMEM', 'ENOMSG', 'ENOPROTOOPT', 'ENOSPC', 'ENOSYS', 'ENOTCONN', 'ENOTDIR'],
  ...['ENOTEMPTY', 'ENOTRECOVERABLE', 'ENOTSOCK', 'ENOTSUP', 'ENOTTY', 'ENXIO', 'EOVERFLOW', 'EOWNERDEAD', 'EPERM'],
  ...['EPIPE', 'EPROTO', 'EPROTONOSUPPORT', 'EPROTOTYPE', 'ERANGE', 'EROFS', 'ESPIPE', 'ESRCH', 'ESTALE'],
  ...['ETIMEDOUT', 'ETXTBSY', 'EXDEV', 'ENOTCAPABLE'],
] as const;

export type ErrnoName = (typeof NAMES)[number];

/** A WASI call failed, and how. */
export class Errno extends Error {
  override readonly name = 'Errno';
  readonly code: ErrnoName;

  constructor(code: ErrnoName) {
    super(code);
    this.code = code;
  }

  get number(): number {
    return NAMES.indexOf(this.code);
  }
}

/** Host codes that go by another name here. */
const ALIASES: Readonly<Record<string, ErrnoName>> = {
  EOPNOTSUPP: 'ENOTSUP',
  EWOULDBLOCK: 'EAGAIN',
  ERR_INVALID_ARG_VALUE: 'EINVAL',
  ERR_OUT_OF_RANGE: 'EINVAL',
  ERR_FS_FILE_TOO_LARGE: 'EFBIG',
  // Deno, where permission is asked for.
  PermissionDenied: 'EACCES',
};

/** The code of an error thrown by the host's file system, or `undefined` if it is no such error. */
export function host_code(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * The WASI number for anything thrown inside a WASI call: an `Errno`, or an error of node:fs by its code (EIO where WASI
 * has no such code). `undefined` for what is neither: a trap, an `Exit`, a bug.
 */
export function errno_number(error: unknown): number | undefined {
  if (error instanceof Errno) return error.number;
  const code = host_code(error);
  if (code === undefined) return undefined;
  const known = NAMES.indexOf((ALIASES[code] ?? code) as ErrnoName);
  return known >= 0 ? known : NAMES.indexOf('EIO');
}

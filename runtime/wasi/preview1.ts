/** All of `wasi_snapshot_preview1`, by wire name. runtime/registry.ts lists the same names and types as data. */
export { args_get, args_sizes_get, environ_get, environ_sizes_get } from './args.ts';
export { clock_res_get, clock_time_get } from './clock.ts';
export { fd_prestat_dir_name, fd_prestat_get, fd_readdir } from './directory.ts';
export {
  fd_advise,
  fd_allocate,
  fd_close,
  fd_datasync,
  fd_fdstat_get,
  fd_fdstat_set_flags,
  fd_fdstat_set_rights,
  fd_filestat_get,
  fd_filestat_set_size,
  fd_filestat_set_times,
  fd_renumber,
  fd_sync,
} from './fd.ts';
export { fd_pread, fd_pwrite, fd_read, fd_seek, fd_tell, fd_write } from './io.ts';
export {
  path_create_directory,
  path_filestat_get,
  path_filestat_set_times,
  path_link,
  path_open,
  path_readlink,
  path_remove_directory,
  path_rename,
  path_symlink,
  path_unlink_file,
} from './path.ts';
export { poll_oneoff } from './poll.ts';
export { proc_exit, proc_raise, sched_yield } from './proc.ts';
export { random_get } from './random.ts';
export { sock_accept, sock_recv, sock_send, sock_shutdown } from './sock.ts';

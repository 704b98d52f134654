/**
 * What the file system needs of its host: a part of node:fs, injected, so that bundles load where there is none.
 * Everything is synchronous, as WASI is.
 */
import type * as fs from 'node:fs';

export type NodeFs = Pick<
  typeof fs,
  | 'closeSync'
  | 'constants'
  | 'fdatasyncSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'futimesSync'
  | 'linkSync'
  | 'lstatSync'
  | 'lutimesSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readFileSync'
  | 'readSync'
  | 'readdirSync'
  | 'readlinkSync'
  | 'readvSync'
  | 'realpathSync'
  | 'renameSync'
  | 'rmdirSync'
  | 'statSync'
  | 'symlinkSync'
  | 'unlinkSync'
  | 'writeSync'
  | 'writevSync'
>;

export type Stats = fs.BigIntStats;

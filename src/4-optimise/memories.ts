/** What passes ask about memories, by index: how accesses to them are printed. */
export interface Memories {
  /** Accesses are a DataView's, and need no element's index. */
  isViewed(memory: number): boolean;
  /** It ends at 2^31. */
  isLow(memory: number): boolean;
}

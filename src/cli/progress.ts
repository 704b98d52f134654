/**
 * The progress line: drawn by yocto-spinner on a terminal, and only once work has taken a second.
 *
 * The compiler is synchronous, so no timer fires while it works: the line is redrawn from its own progress calls.
 */
import { writeSync } from 'node:fs';
import yoctoSpinner from 'yocto-spinner';

const PATIENCE_MS = 1000;
const REDRAW_MS = 80;
const SHOW_CURSOR = '\u001B[?25h';

export class Progress {
  private readonly start = performance.now();
  private readonly spinner: ReturnType<typeof yoctoSpinner> | undefined;
  private readonly label: string;
  private drawn = 0;

  constructor(label: string, quiet: boolean) {
    this.label = label;
    if (!quiet && process.stderr.isTTY === true) this.spinner = yoctoSpinner({ handleSignals: false });
  }

  /** Shape of `Options.onProgress`: functions done, of how many. */
  readonly update = (done: number, total: number): void => {
    const now = performance.now();
    if (this.spinner === undefined || now - this.start < PATIENCE_MS || now - this.drawn < REDRAW_MS) return;
    this.drawn = now;
    const text = `${this.label}: ${done} of ${total} functions (${Math.floor((100 * done) / Math.max(total, 1))}%)`;
    if (this.spinner.isSpinning) this.spinner.text = text;
    else {
      this.spinner.start(text);
      // The spinner hides the cursor; Ctrl-C must not leave it hidden. Past the stream, which the spinner watches.
      writeSync(process.stderr.fd, SHOW_CURSOR);
    }
  };

  stop(): void {
    this.spinner?.stop();
  }
}

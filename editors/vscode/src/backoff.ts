// How long to wait before the next start: twice as long after each crash of the last ten minutes.

const FIRST = 1_000;
const LONGEST = 60_000;
const MEMORY = 600_000;
const PATIENCE = 8;

export class Backoff {
  private crashes: number[] = [];

  /** Notes a crash at `now` (milliseconds). How long to wait, or nothing if it is time to give up. */
  crashed(now: number): number | undefined {
    this.crashes = this.crashes.filter((at) => now - at < MEMORY);
    this.crashes.push(now);
    const count = this.crashes.length;
    return count > PATIENCE ? undefined : Math.min(FIRST * 2 ** (count - 1), LONGEST);
  }

  /** Someone asked for a start: what was before does not count. */
  forget(): void {
    this.crashes = [];
  }
}

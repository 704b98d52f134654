import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: [
      'test/unit/**/*.test.ts',
      'test/golden/**/*.test.ts',
      'test/nodiff/**/*.test.ts',
      'test/spec/**/*.test.ts',
      'test/house.test.ts',
    ],
    testTimeout: 60_000,
  },
});

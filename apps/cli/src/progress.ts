import type { Progress } from "@colophon/coverage";

/** Draws one line on a terminal's stderr and takes it away again; elsewhere it draws nothing. */
export function createProgress(
  write: (text: string) => void,
  interactive: boolean,
): { show: (progress: Progress) => void; clear: () => void } {
  if (!interactive) return { show: () => undefined, clear: () => undefined };
  let shown = "";
  return {
    show: ({ listed, answered }) => {
      const text = answered === 0 ? `listed ${listed} objects` : `asked ${answered} of ${listed} objects`;
      if (text === shown) return;
      shown = text;
      write(`\r\u001b[K${text}`);
    },
    clear: () => {
      if (shown !== "") write("\r\u001b[K");
    },
  };
}

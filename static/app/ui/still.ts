/**
 * A second touch lands on what has moved under the finger. For a moment after a list has changed it takes no taps:
 * they were meant for what stood there before. Knows no screen.
 */
import { useEffect, useState } from "preact/hooks";

export const STILL_AFTER_MS = 400;

export interface Still {
  "aria-disabled"?: true;
  onClickCapture: (event: MouseEvent) => void;
}

/** For the element around what may move; `order` tells what stands where, and in which words. */
export function useStill(order: string): Still {
  const [settled, setSettled] = useState(order);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(order), STILL_AFTER_MS);
    return () => clearTimeout(timer);
  }, [order]);
  const isMoving = settled !== order;
  return {
    ...(isMoving && { "aria-disabled": true }),
    onClickCapture: (event) => {
      // A key is pressed on what has the focus, wherever that stands: only fingers miss.
      if (!isMoving || event.detail === 0) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
